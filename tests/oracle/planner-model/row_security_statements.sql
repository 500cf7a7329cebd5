-- name: policies_1
select * from orders where id = 77;

-- name: policies_2
select * from orders where status = 'open';

-- name: policies_3
select * from orders where customer = 'c77';

-- name: policies_4
select * from orders where amount > 1400;

-- name: policies_5
select * from orders where customer like 'c77%';

-- name: policies_6
select * from orders where created_at > '2025-02-01' order by created_at limit 10;

-- name: policies_7
select * from orders where customer = 'c5' and note ~ 'x' and amount < 3;

-- name: policies_8
select count(*) from orders;

-- name: policies_9
select status, count(*) from orders group by status;

-- name: policies_10
select * from orders o join items i on i.order_id = o.id where i.sku = 'S8';

-- name: policies_11
select * from items where sku = 'S8';

-- name: policies_12
select o.*, t.name from orders o join tenants t on t.id = o.tenant_id where o.customer = 'c9';

-- name: policies_13
select * from orders o left join items i on i.order_id = o.id where o.id < 100;

-- name: policies_14
select * from tenants t where exists (select 1 from orders o where o.tenant_id = t.id and o.status = 'void');

-- name: policies_15
select * from orders where id in (select order_id from items where qty = 2);

-- name: policies_16
select * from orders where status = 'open' and customer = 'c9' for update;

-- name: policies_17
update orders set note = 'a' where id = 9;

-- name: policies_18
update orders set note = 'a' where status = 'open' and customer = 'c9';

-- name: policies_19
update orders set note = 'a';

-- name: policies_20
delete from orders where customer = 'c12';

-- name: policies_21
delete from items where order_id = 12 returning sku;

-- name: policies_22
insert into orders(id, tenant_id, status, created_at) values (1000000, 3, 'open', now());

-- name: policies_23
insert into orders(id, tenant_id, status, created_at) select id+1000000, tenant_id, status, now() from orders where status = 'paid';

-- name: policies_24
select * from members where tenant_id = 7;

-- name: policies_25
select * from members where user_name = 'u17';

-- name: policies_26
update members set role = 'admin' where tenant_id = 7;

-- name: policies_27
select * from members m join tenants t on t.id = m.tenant_id where t.plan = 'pro';

-- name: policies_28
select * from events where kind = 'k3';

-- name: policies_29
select * from events where at > '2025-02-10' and kind = 'k3';

-- name: policies_30
select * from events where id = 7;

-- name: policies_31
select max(id) from events;

-- name: policies_32
select max(created_at) from orders;

-- name: policies_33
select * from open_orders where customer = 'c9';

-- name: policies_34
select * from invoker_orders where customer = 'c9';

-- name: policies_35
select * from owned_events where kind = 'k3';

-- name: policies_36
update open_orders set note = 'z' where customer = 'c9';

-- name: policies_37
select * from orders union all select * from orders where id < 10;

-- name: policies_38
with o as (select * from orders where amount > 100) select * from o where customer = 'c3';

-- name: policies_39
with o as materialized (select * from orders where amount > 100) select * from o where customer = 'c3';

-- name: policies_40
select tenant_id, count(*) from events group by 1 order by 2 desc limit 5;

-- name: policies_41
select * from orders a join orders b on a.tenant_id = b.tenant_id and a.amount = b.amount where a.id = 5;

-- name: policies_42
select * from orders a join orders b on a.amount = b.amount where a.customer = 'c8';

-- name: policies_43
select * from orders where ctid = '(0,1)';

-- name: policies_44
select * from orders where id = 5 or customer = 'c8';

-- name: policies_45
select * from orders where status in ('open','void') and created_at < '2025-01-02';

-- name: policies_46
select distinct customer from orders where amount < 5;

-- name: policies_47
select *, row_number() over (partition by customer order by created_at) from orders where amount < 5;

-- name: policies_48
select x.id from (select id, amount from orders union all select order_id, qty from items) x where x.id = 8;

-- name: policies_49
merge into orders o using (select 5::bigint as id) s on s.id = o.id when matched then update set note = 'b' when not matched then do nothing;

-- name: policies_50
select (select count(*) from items i where i.order_id = o.id) from orders o where o.customer = 'c1';

-- name: policies_51
select * from profiles where email = 'p77@x.org';

-- name: policies_52
select * from profiles where lower(email) = 'p77@x.org';

-- name: policies_53
select * from profiles where tags @> array['t3'];

-- name: policies_54
select * from profiles where id = '00000000-0000-0000-0000-000000000077';

-- name: policies_55
select count(*) from profiles where data ->> 'n' = '7';

-- name: policies_56
select * from profiles p join tenants t on t.id = p.tenant_id where t.name = 'T8';

-- name: policies_57
delete from profiles where email like 'p1%';

-- name: policies_58
select * from barrier_orders where customer = 'c9';

-- name: policies_59
select * from barrier_orders where id = 9;

-- name: policies_60
select * from orders where amount between 5 and 6;

-- name: policies_61
select * from orders where status <> 'open' and not deleted;

-- name: policies_62
select a.id from orders a left join orders b on b.amount = a.amount and b.note = a.note where a.customer = 'c3';

-- name: policies_63
select * from orders where (customer, id) > ('c9', 5) order by customer, id limit 5;

-- name: policies_64
select o.customer, sum(i.qty) from orders o join items i on i.order_id = o.id group by 1 order by 2 desc limit 3;

-- name: policies_65
select exists (select from members where user_name = 'u9');

-- name: policies_66
update orders o set note = i.sku from items i where i.order_id = o.id and o.customer = 'c4';

-- name: policies_67
delete from orders where exists (select from items i where i.order_id = orders.id and i.qty > 1);

-- name: policies_68
insert into members select tenant_id, customer, 'agent' from orders where amount > 1000 on conflict do nothing;

-- name: policies_69
select * from events e join tenants t on t.id = e.tenant_id where t.plan = 'pro' and e.kind = 'k2';

-- name: policies_70
update events set kind = 'z' where id = 8;

-- name: policies_71
select * from orders natural join items where sku = 'S9' for update of orders;

-- name: policies_72
with recursive up as (select id, tenant_id from orders where id = 5 union all select o.id, o.tenant_id from up join orders o on o.id = up.id + 1) select * from up;

-- name: policies_73
select * from generate_series(1, 3) g, lateral (select * from orders where orders.id = g) o;

-- name: policies_74
select t.name, (select max(created_at) from orders o where o.tenant_id = t.id) from tenants t;

-- name: policies_75
select * from orders where tenant_id = 9;

-- name: policies_76
select * from orders where tenant_id = 7 and created_at > '2025-01-20';

-- name: policies_77
select * from orders full join items on items.order_id = orders.id where orders.customer = 'c1' or items.sku = 'S1';

-- name: nothing_permitted
delete from members where tenant_id = 7;

-- name: nothing_permitted_alone
delete from members;
