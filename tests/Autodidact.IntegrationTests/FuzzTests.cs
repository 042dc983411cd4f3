using Autodidact.Fuzzing;
using Autodidact.Images;

namespace Autodidact.IntegrationTests;

/// <summary>
/// A short, seeded part of the fuzzing benchmark: every reader is given damaged files of a run, a model, an index and pictures.
/// </summary>
public sealed class FuzzTests(ExportedModel model) : IClassFixture<ExportedModel>
{
    private const int Mutants = 2500;

    [Fact]
    public void No_reader_fails_in_another_way_than_in_words()
    {
        using var folder = new TempFolder();
        var fuzzer = new Fuzzer(FuzzTargets.Make(folder.Path, model.Run, model.Pictures, Pack(folder)), seed: 1);

        var faults = new List<string>();
        for (var i = 0; i < Mutants; i++)
        {
            var outcome = fuzzer.Run(i);
            if (!outcome.IsGood)
            {
                faults.Add($"mutant {i} of {outcome.Target.Name}, {outcome.File}: {outcome.Failure}");
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {Mutants}:\n{string.Join('\n', faults.Take(5))}");
    }

    private string Pack(TempFolder folder)
    {
        using var data = DataPreparer.Prepare(new DataRequest { Data = model.Pictures, CacheDirectory = folder["cache"] });
        return data.Train.Path;
    }
}
