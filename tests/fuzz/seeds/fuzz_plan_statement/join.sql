select * from every e join child c on c.every_id = e.id where e.i4 = 5
