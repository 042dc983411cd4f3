using Autodidact.Distillation;
using Autodidact.Objectives;
using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>The rules of <see cref="DistillOptions"/> that depend on what the method is; the record itself holds the others.</summary>
internal static class DistillRules
{
    /// <summary>The rules, those of the methods that there are now.</summary>
    public static IReadOnlyList<OptionRule> All =>
    [
        .. OfMethods(),
        Refuse(
            "method",
            o => Method(o).UsesLabels && !o.AllowLabels,
            o => $"{o.Method} trains on labels, an upper bound to compare with and no result without labels: "
                + "set {allow_labels}=true if that is meant"),
        Refuse("allow_labels", o => !Method(o).UsesLabels && o.AllowLabels, o => $"{o.Method} reads no labels: leave the option out"),
        Refuse(
            "every_exit",
            o => !o.EveryExit && !Method(o).KnowsNoExits,
            o => $"{o.Method} is about exits: leave the option out, or take clusterfit"),
        Refuse(
            "teacher",
            o => o.Teacher is not null && !Method(o).TakesTeacher,
            o => $"{o.Method} takes no student as teacher: leave the option out, or choose one of {TakeTeachers()}"),
        Refuse(
            "loss",
            o => o.Teacher is not null && LearnsClusters(o),
            _ => "targets, confidence and clusterings are of the encoder's features, and a student teaches: "
                + "leave them out, or leave {teacher} out"),
        Refuse(
            "loss.targets",
            o => Method(o).UsesLabels && Loss(o).Targets == TargetForm.Soft,
            o => $"the centroids are of clusters, and {o.Method} learns labels: leave the option out"),
        Refuse(
            "loss",
            o => Method(o) is { OwnClusters: true, UsesLabels: false } && LearnsClusters(o),
            o => $"targets, confidence and clusterings are of the encoder's clusters, and {o.Method} makes others: "
                + "leave them out, or choose another method"),
        Refuse(
            "loss",
            o => Method(o).Loss is null && Loss(o) != new SelfDistillationOptions(),
            o => $"{o.Method} has weights of its own: set {{{OptionBinder.NormalName(o.Method)}}}.* instead"),
        .. DistillMethods.All.SelectMany(method => method.Rules),
    ];

    /// <summary>Options of one method that another is asked for. Presets may hold settings of methods that are not chosen.</summary>
    private static IEnumerable<OptionRule> OfMethods() => DistillMethods.All
        .SelectMany(method => method.OptionGroups, (method, group) => (Group: group, method.Name))
        .GroupBy(one => one.Group, one => one.Name)
        .Select(readers => OptionRule.RefuseAsked(
            (DistillOptions o) => !readers.Contains(o.Method),
            o => $"{o.Method} does not read it: leave it out, or choose {{method}}={string.Join(" or ", readers)}",
            $"{readers.Key}."));

    private static OptionRule Refuse(string option, Func<DistillOptions, bool> contradicts, Func<DistillOptions, string> text) =>
        OptionRule.Refuse(option, contradicts, text);

    private static DistillMethod Method(DistillOptions options) => DistillMethods.Get(options.Method);

    private static SelfDistillationOptions Loss(DistillOptions options) => options.Methods.Get<SelfDistillationOptions>();

    /// <summary>Whether the loss asks for more of the clusters than which one an image is in.</summary>
    private static bool LearnsClusters(DistillOptions options) =>
        Loss(options) is not { Targets: TargetForm.Hard, Confidence: 0, Clusterings: 0 };

    private static string TakeTeachers() =>
        string.Join(", ", DistillMethods.All.Where(method => method.TakesTeacher).Select(method => method.Name));
}
