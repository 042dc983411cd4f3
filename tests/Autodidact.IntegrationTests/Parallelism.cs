// Each test starts processes that take every core; two at a time would only get in each other's way.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
