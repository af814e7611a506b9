-- Several people may work in one browser, and share its secret.
alter table account_device drop constraint account_device_pkey;
alter table account_device add primary key (hash, account_id);
