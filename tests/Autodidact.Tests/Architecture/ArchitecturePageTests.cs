using static Autodidact.Tests.Architecture.Dependencies;

namespace Autodidact.Tests.Architecture;

/// <summary>
/// The page says which folder may use which, and the code does that and no more. Every folder may use the root, which holds the errors.
/// </summary>
public class ArchitecturePageTests
{
    private static readonly ArchitecturePage _page = ArchitecturePage.Read();

    private static readonly Lazy<IReadOnlyList<(string From, string To)>> _uses = new(BetweenOutermost);

    [Fact]
    public void Code_Should_Use_Only_What_The_Page_Allows()
    {
        var allowed = Allowed().ToHashSet();
        Refuse(_uses.Value.Select(use => (use.From, use.To, Folder: _page.FolderOf(use.From), Used: _page.FolderOf(use.To)))
            .Where(use => use.Folder != use.Used && use.Used != ArchitecturePage.Root && !allowed.Contains((use.Folder, use.Used)))
            .Select(use => $"{use.Folder} may not use {use.Used}: {use.From} -> {use.To}"));
    }

    [Fact]
    public void Page_Should_Allow_Only_What_The_Code_Uses()
    {
        var made = _uses.Value.Select(use => (_page.FolderOf(use.From), _page.FolderOf(use.To))).ToHashSet();
        Refuse(Allowed().Where(use => !made.Contains(use)).Select(use => $"{use.Folder} does not use {use.Used}"));
    }

    [Fact]
    public void Page_Should_Have_A_Row_For_Every_Type_And_A_Type_For_Every_Row()
    {
        var types = _uses.Value.SelectMany(use => new[] { use.From, use.To }).ToHashSet();
        Refuse(types.Where(type => _page.FolderOf(type).Length == 0));
        Refuse(_page.Rows.Select(row => row.Folder).Except(types.Select(_page.FolderOf)));
    }

    [Fact]
    public void Folders_Should_Use_Only_Folders_Further_Down_The_Page()
    {
        var place = _page.Rows.Index().ToDictionary(row => row.Item.Folder, row => row.Index);
        var upwards = Allowed().Where(use => place.GetValueOrDefault(use.Used, -1) <= place[use.Folder]).ToList();
        Refuse(upwards.Select(use => $"{use.Folder} stands below {use.Used}"));
    }

    [Theory]
    [InlineData("Autodidact.X", "Autodidact")]
    [InlineData("Autodidact.A.X", "Autodidact.A")]
    [InlineData("Autodidact.A.X+Y", "Autodidact.A")]
    [InlineData("Autodidact.A.B.X", "Autodidact.A")]
    [InlineData("Autodidact.AB.X", "")]
    [InlineData("Autodidact.E.X", "")]
    public void Should_Find_The_Folder_Of_A_Type(string type, string folder)
    {
        var page = ArchitecturePage.Parse(
            "| folder | holds | may use |\n| --- | --- | --- |\n| `Autodidact.A` | y | `C`, `D` |\n| `Autodidact` | x | |\n\n| `E` |");
        Assert.Equal(["Autodidact.A", "Autodidact"], page.Rows.Select(row => row.Folder));
        Assert.Equal(["Autodidact.C", "Autodidact.D"], page.Rows[0].Uses);
        Assert.Equal(folder, page.FolderOf(type));
    }

    private static void Refuse(IEnumerable<string> faults)
    {
        var lines = faults.Order(StringComparer.Ordinal).ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }

    private static IEnumerable<(string Folder, string Used)> Allowed() =>
        _page.Rows.SelectMany(row => row.Uses.Select(used => (row.Folder, used)));
}
