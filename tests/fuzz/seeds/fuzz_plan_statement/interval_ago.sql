SELECT interval '-2147483648 months ago'
