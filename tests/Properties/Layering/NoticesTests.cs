using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Layering;

/// <summary>What the tool ships with is listed, with the licence that it states; versions are pinned.</summary>
public partial class NoticesTests
{
    // Of packages that the tests use, which are not shipped.
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "MS-PL", "NCSA", "PostgreSQL"];

    private static string Notices => File.ReadAllText(Repository.PathOf("THIRD-PARTY-NOTICES.md"));

    private static IEnumerable<(string Name, string Version, string Licence)> Listed =>
        Row().Matches(Notices).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value));

    [Fact]
    public void Notices_ListWhatShips() => Assert.Equal(
        Locked("src", "Harness").Order(), Listed.Select(package => (package.Name, package.Version)).Order());

    [Fact]
    public void Notices_HaveTheTextOfEachLicence()
    {
        foreach (string licence in Listed.Select(package => package.Licence).Distinct())
            Assert.Contains($"\n## {licence}\n", Notices, StringComparison.Ordinal);
    }

    [Fact]
    public void Licences_AreThoseThatPackagesState()
    {
        int looked = 0;
        foreach ((string name, string version, string licence) in Listed)
            if (LicenceOf(name, version) is { } stated)
            {
                looked++;
                Assert.Equal(licence, stated);
            }

        Assert.Equal(Listed.Count(), looked);
        foreach ((string name, string version) in Locked("tests", "Properties"))
            if (LicenceOf(name, version) is { Length: > 0 } stated)
                Assert.Contains(stated, Allowed);
    }

    [Fact]
    public void Versions_ArePinned() => Assert.All(
        XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Version")!.Value),
        version => Assert.Matches("^[0-9]+([.][0-9]+)*$", version));

    private static List<(string Name, string Version)> Locked(params string[] project)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf([.. project, "packages.lock.json"])));
        return
        [
            .. from framework in document.RootElement.GetProperty("dependencies").EnumerateObject()
               from package in framework.Value.EnumerateObject()
               where package.Value.TryGetProperty("resolved", out _)
               select (package.Name, package.Value.GetProperty("resolved").GetString()!),
        ];
    }

    // As the restored package states it, or its licence file where it only names that; null where the package is not there.
    private static string? LicenceOf(string name, string version)
    {
        string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
#pragma warning disable CA1308 // Folders of packages are in lower case.
        string path = Path.Combine(root, name.ToLowerInvariant(), version, $"{name.ToLowerInvariant()}.nuspec");
#pragma warning restore CA1308
        if (!File.Exists(path)) return null;
        XElement? licence = XDocument.Load(path).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        if (licence?.Attribute("type")?.Value == "expression") return licence.Value;
        string text = licence is null ? "" : File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, licence.Value));
        return text.Contains("University of Illinois/NCSA Open Source License", StringComparison.Ordinal) ? "NCSA" : "";
    }

    [GeneratedRegex(@"^\| ([A-Za-z][A-Za-z0-9._]+) \| ([0-9.]+) \| ([A-Za-z0-9.-]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
