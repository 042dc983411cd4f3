using Autodidact.Options;

namespace Autodidact.Objectives;

/// <summary>The methods of one stage by name. A method is added together with its options, or not at all.</summary>
/// <param name="kind">What messages call a method.</param>
/// <param name="owner">The options of the stage, which the methods' options become part of.</param>
internal sealed class MethodRegistry<TMethod>(string kind, Type owner)
    where TMethod : IMethod
{
    private readonly Lock _registering = new();
    private volatile TMethod[] _all = [];

    public IReadOnlyList<TMethod> All => _all;

    public TMethod? Find(string name) => _all.FirstOrDefault(method => method.Name == name);

    public TMethod Get(string name) => Find(name)
        ?? throw new AutodidactException(
            FailureKind.Usage, $"{kind} {name}: unknown: choose one of {string.Join(", ", _all.Select(method => method.Name))}");

    public void Register(params IReadOnlyList<TMethod> methods)
    {
        lock (_registering)
        {
            foreach (var name in methods.Select(method => method.Name))
            {
                if (name.Length == 0
                    || !char.IsAsciiLetterLower(name[0])
                    || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                {
                    throw new AutodidactException(
                        FailureKind.Usage, $"{kind} '{name}': expected lower-case letters, digits and hyphens, such as my-method");
                }

                if (_all.Concat(methods).Count(method => method.Name == name) > 1)
                {
                    throw new AutodidactException(
                        FailureKind.Usage, $"{kind} {name}: there is one of that name already: choose another name");
                }
            }

            OptionGroups.Of(owner).Add(methods.SelectMany(method => method.Groups));
            _all = [.. _all, .. methods];
        }
    }
}
