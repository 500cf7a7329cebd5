SELECT make_interval(0, 0, 0, 0, 0, 0, 'NaN')
