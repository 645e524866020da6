"""Measurements that print ratios against a peer or limit of the same run; see __main__."""
