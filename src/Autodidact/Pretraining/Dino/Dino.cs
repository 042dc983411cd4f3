using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// DINO of a convolutional network: the student is to say of every view what its slowly following copy, the teacher, says of another; a
/// centre and a low temperature keep the teacher from saying the same of all. Caron et al., ICCV 2021, arXiv 2104.14294. The loss is
/// <see cref="DinoLoss"/>.
/// </summary>
/// <remarks>
/// The student sees the two ordinary views and all local ones, the teacher the ordinary ones. As published, views of one size go through a
/// network in one pass, and all features through the head in one. Both networks normalise by the batch, in training mode. The encoder that
/// is kept is the teacher's.
/// </remarks>
internal sealed class Dino : EncoderObjective
{
    private const int OrdinaryViews = 2;
    private readonly DinoOptions _options;
    private readonly DinoHead _head;
    private readonly MomentumCopy<Backbone> _teacherEncoder;
    private readonly MomentumCopy<DinoHead> _teacherHead;
    private readonly OutputCenter _center;
    private readonly Tensor _epoch;

    /// <summary>Joins an encoder, a fresh head, the teacher and the loss.</summary>
    /// <param name="training">The encoder, two ordinary views, and any number of local ones.</param>
    /// <param name="options">Momentum, temperatures and head.</param>
    public Dino(EncoderTraining training, DinoOptions options)
        : base("dino", training)
    {
        _options = options;
        _head = Beside("head", new DinoHead(Encoder.FeatureSize, options));
        _teacherEncoder = new MomentumCopy<Backbone>(Encoder, Beside("teacher_encoder", Encoder.Copy()));
        _teacherHead = new MomentumCopy<DinoHead>(_head, Beside("teacher_head", new DinoHead(Encoder.FeatureSize, options)));
        _center = new OutputCenter(options.Outputs, Device);
        _epoch = zeros(1, ScalarType.Int64, CPU).DetachFromDisposeScope();
    }

    /// <summary>The teacher's, as published.</summary>
    public override Backbone Kept => _teacherEncoder.Module;

    /// <summary>The centre; and the epoch, which a run that is resumed inside one is not told.</summary>
    public override IReadOnlyDictionary<string, Tensor> State =>
        new Dictionary<string, Tensor>([_center.State("center"), new("epoch", _epoch)]);

    /// <inheritdoc/>
    public override void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        using var noGrad = no_grad();
        _epoch.fill_(epoch);
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var ordinary = batch.Views.Range(0, OrdinaryViews);
        var teacher = batch.Gather(Teach(ordinary));
        var targets = DinoLoss.Targets(teacher, _center.Mean, TeacherTemperatureAt(progress));
        var student = batch.Gather(_head.call(MultiCrop.Encode(Encoder, batch.Views, OrdinaryViews)));
        var loss = DinoLoss.Compute(student, targets, _options.StudentTemperature);
        _center.Update(teacher, _options.CenterMomentum);

        // The two collapses show here: the logarithm of the number of outputs where the teacher says nothing, 0 where it says one thing of
        // all.
        return new ObjectiveLoss(loss, new Dictionary<string, Tensor> { ["teacher_entropy"] = special.entr(targets).sum(1).mean() });
    }

    /// <inheritdoc/>
    public override void BeforeStep(double progress)
    {
        if (_epoch.item<long>() < _options.FrozenEpochs) _head.LastLayer.grad?.zero_();
    }

    /// <inheritdoc/>
    public override void AfterStep(double progress)
    {
        var momentum = MomentumSchedule.Cosine(_options.Momentum, progress);
        _teacherEncoder.Update(momentum);
        _teacherHead.Update(momentum);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _center.Dispose();
            _epoch.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Teach(Tensor ordinary)
    {
        using var noGrad = no_grad();
        return _teacherHead.Module.call(_teacherEncoder.Module.call(ordinary));
    }

    private double TeacherTemperatureAt(double progress)
    {
        var done = progress >= _options.TeacherWarmupFraction ? 1 : progress / _options.TeacherWarmupFraction;
        return _options.TeacherTemperatureStart + (done * (_options.TeacherTemperature - _options.TeacherTemperatureStart));
    }
}
