-- Owner: status. Who follows a page is walked in the order of addresses, a part at a time, and found by page and address, however many follow it.
create index subscribers_followers on subscribers (page_id, address_hash) where confirmed_at is not null;
