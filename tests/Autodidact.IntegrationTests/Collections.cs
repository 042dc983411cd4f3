namespace Autodidact.IntegrationTests;

/// <summary>Tests that build or pack the projects of the source tree, into the same folders: one after the other.</summary>
[CollectionDefinition]
public sealed class Builds;

/// <summary>Tests of what belongs to the whole process: beside no other.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class WholeProcess;
