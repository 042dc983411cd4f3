using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Autodidact.Benchmarks;

/// <summary>The content of files, to compare.</summary>
internal static partial class Content
{
    /// <summary>A digest of a file; the moment at which a graph was made, which its metadata name, does not count.</summary>
    /// <param name="path">The file.</param>
    public static string Digest(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var text = Moment().Replace(Encoding.Latin1.GetString(bytes), "moment");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(text)));
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00")]
    private static partial Regex Moment();
}
