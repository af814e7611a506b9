-- A result that waits to be collected is not late, and an open dossier that a program wrote before there was `next_by` stands in the queue too.
update dossier set next_by = case when state in ('supplement_asked', 'payment_asked', 'finished') then 9223372036854775806
        else 9223372036854775807 end
    where state = 'finished'
        or (next_by is null and state not in ('refused', 'withdrawn', 'delivered'));
update dossier set next_by = null where next_by is not null and state in ('refused', 'withdrawn', 'delivered');
