SELECT interval '2147483647 days' + interval '7 days'
