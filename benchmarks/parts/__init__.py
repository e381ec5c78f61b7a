"""Single measurements that the commands put together."""
