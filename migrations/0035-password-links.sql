-- Owner: directory. Links with which a person sets a password: who forgot it, who was invited, whom an administrator helps.

-- Also what was asked for an address that nobody has (`user_id` is null) stands here for an hour: it counts towards what may be asked, and nothing but what is
-- mailed tells the two apart. The token stands here as its hash; sealed too until its mail is out.
create table password_links (
  id           text primary key,
  user_id      text references users (id) on delete cascade,
  kind         text not null check (kind in ('asked', 'invitation', 'sent', 'machine')),
  sent_by      text references users (id) on delete set null,
  hash         text not null unique,
  token_sealed text,
  address_mark text,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  ended_by     text check (ended_by in ('use', 'newer', 'password', 'address', 'disabled'))
);
create index password_links_open on password_links (user_id) where ended_at is null;
create index password_links_asked on password_links (address_mark, created_at) where address_mark is not null;
create index password_links_created on password_links (created_at);
