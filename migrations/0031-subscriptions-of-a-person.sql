-- Owner: status. What a person follows is found when their address changes, or when it is asked whether they follow a page.

create index subscribers_user on subscribers (user_id) where user_id is not null;
