// Tests spend their time in programs that they start, which compute with one thread each: two at a time fill two cores.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
