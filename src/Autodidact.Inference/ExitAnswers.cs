using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>Answers batches: at one exit, or stage by stage, with the images an exit is sure of leaving the batch there.</summary>
/// <param name="manifest">The model's description.</param>
/// <param name="sessions">Its graphs.</param>
internal sealed class ExitAnswers(ModelManifest manifest, ModelSessions sessions)
{
    /// <summary>Most pictures at once that the first graph of a policy is given; deeper stages take less memory.</summary>
    /// <param name="policy">When an exit's answer is taken.</param>
    public int MostRows(ExitPolicy policy) =>
        (policy is ExitPolicy.AtExit { Exit: var exit } ? sessions.ModelAt(exit) : sessions.Stages[0]).MostRows;

    /// <summary>Answers for a batch.</summary>
    /// <param name="pictures">The batch, as <see cref="PictureInput"/> gives it.</param>
    /// <param name="policy">When an exit's answer is taken.</param>
    /// <param name="predictions">Where the answers go, one a picture.</param>
    public void Answer(OrtValue pictures, ExitPolicy policy, Span<Prediction> predictions)
    {
        if (policy is ExitPolicy.AtExit { Exit: var exit })
        {
            AnswerAt(exit, pictures, predictions);
        }
        else
        {
            AnswerEarly(policy.Rule(manifest), pictures, predictions);
        }
    }

    private void AnswerAt(int exit, OrtValue pictures, Span<Prediction> predictions)
    {
        var session = sessions.ModelAt(exit);
        using var outputs = session.Run(pictures, [ModelSessions.Logits]);
        var logits = session.Floats(outputs[0], predictions.Length, manifest.Clusters);
        for (var row = 0; row < predictions.Length; row++)
        {
            var probabilities = new float[manifest.Clusters];
            Softmax(logits.Slice(row * manifest.Clusters, manifest.Clusters), exit - 1, probabilities);
            predictions[row] = Answer(probabilities, exit - 1, manifest.Exits[exit - 1].Macs);
        }
    }

    private void AnswerEarly(Func<int, ReadOnlySpan<float>, bool> taken, OrtValue pictures, Span<Prediction> predictions)
    {
        var left = Enumerable.Range(0, predictions.Length).ToArray();
        var probabilities = new float[manifest.Clusters];
        var input = pictures;
        var owned = new Stack<IDisposable>();
        long asked = 0;
        try
        {
            for (var exit = 0; left.Length > 0; exit++)
            {
                var stage = sessions.Stages[exit];
                var deepest = exit == sessions.Stages.Count - 1;
                var outputs = stage.Run(input, deepest ? [ModelSessions.Logits] : [ModelSessions.Logits, ModelSessions.Map]);
                owned.Push(outputs);
                asked += manifest.Exits[exit].BranchMacs;
                var macs = manifest.Exits[exit].Macs - manifest.Exits[exit].BranchMacs + asked;
                var logits = stage.Floats(outputs[0], left.Length, manifest.Clusters);
                var staying = new List<int>();
                for (var row = 0; row < left.Length; row++)
                {
                    Softmax(logits.Slice(row * manifest.Clusters, manifest.Clusters), exit, probabilities);
                    if (deepest || taken(exit, probabilities))
                    {
                        predictions[left[row]] = Answer([.. probabilities], exit, macs);
                    }
                    else
                    {
                        staying.Add(row);
                    }
                }

                if (staying.Count > 0)
                {
                    input = outputs[1];
                    if (staying.Count < left.Length)
                    {
                        input = Rows(input, left.Length, staying);
                        owned.Push(input);
                    }
                }

                left = [.. staying.Select(row => left[row])];
            }
        }
        finally
        {
            while (owned.TryPop(out var disposable))
            {
                disposable.Dispose();
            }
        }
    }

    /// <summary>Rows of a batch of maps as a batch of their own.</summary>
    private static OrtValue Rows(OrtValue maps, int count, List<int> rows)
    {
        var shape = maps.GetTensorTypeAndShape().Shape;
        var values = maps.GetTensorDataAsSpan<float>();
        var length = values.Length / count;
        var kept = new float[rows.Count * length];
        for (var i = 0; i < rows.Count; i++)
        {
            values.Slice(rows[i] * length, length).CopyTo(kept.AsSpan(i * length));
        }

        shape[0] = rows.Count;
        return OrtValue.CreateTensorValueFromMemory(kept, shape);
    }

    private Prediction Answer(float[] probabilities, int exit, long macs)
    {
        var agreement = exit == manifest.Exits.Count - 1 ? 1 : manifest.Exits[exit].Agreement;
        return new Prediction(probabilities, manifest.Names, exit + 1, macs, agreement);
    }

    private void Softmax(ReadOnlySpan<float> logits, int exit, Span<float> probabilities)
    {
        // The largest is taken off first: exp of a large logit is infinite, and so is a large logit over a small temperature.
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.Divide(probabilities, (float)manifest.Exits[exit].Temperature, probabilities);
        TensorPrimitives.Exp(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
    }
}
