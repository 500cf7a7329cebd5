SELECT interval '2147483647 years', interval '1 day'
