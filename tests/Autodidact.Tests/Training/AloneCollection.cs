namespace Autodidact.Tests.Training;

/// <summary>Tests that change what all threads share, such as torch's default type: they run when no others do.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
