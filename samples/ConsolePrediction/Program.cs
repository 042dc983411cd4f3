using Autodidact;
using Autodidact.Inference;
using ConsolePrediction;

try
{
    var arguments = Arguments.Parse(args);
    using var model = EarlyExitModel.Load(arguments.Model);
    var table = new PredictionTable(Console.Out, model.Manifest, arguments.Images);
    table.WriteHeader();
    await foreach (var answer in model.PredictFilesAsync(arguments.Images, arguments.Policy))
    {
        table.Write(answer);
    }

    return table.Problems == 0 ? 0 : (int)FailureKind.Data;
}
catch (AutodidactException e)
{
    // Its message is one line for a person: what is wrong, where, and what to do.
    Console.Error.WriteLine(e.Message);
    return (int)e.Kind;
}
