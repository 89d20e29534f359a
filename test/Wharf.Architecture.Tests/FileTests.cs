namespace Wharf.Architecture.Tests;

/// <summary>What conventions say of files and folders.</summary>
public sealed class FileTests
{
    private static readonly string[] FoldersByKind =
        ["Helpers", "Utils", "Utilities", "Models", "Interfaces", "Enums", "Exceptions", "Extensions", "Common", "Misc", "Services", "Managers"];

    [Fact]
    public void File_HasAtMostSixHundredLines()
    {
        var long_ = Sources.Code("src").Concat(Sources.Code("test"))
            .Select(f => (File: Sources.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > 600);
        Assert.Empty(long_);
    }

    [Fact]
    public void Folder_IsNamedByTopic()
    {
        var bad = Sources.Code("src").Select(f => Path.GetDirectoryName(Sources.Relative(f))!)
            .Distinct().Where(d => d.Split('/').Intersect(FoldersByKind).Any());
        Assert.Empty(bad);
    }

    [Fact]
    public void Code_HasNoStubs()
    {
        string[] signs = ["NotImplemented" + "Exception", "TO" + "DO", "FIX" + "ME"];
        var bad = Sources.Code("src").Where(f => signs.Any(s => File.ReadAllText(f).Contains(s, StringComparison.Ordinal)));
        Assert.Empty(bad.Select(Sources.Relative));
    }

    [Fact]
    public void Namespace_IsItsFolderOrOneAbove()
    {
        var bad = new List<string>();
        foreach (string file in Sources.Code("src"))
        {
            string? declared = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';', ' ', '{');
            string folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Sources.Root, "src"), file))!.Replace('/', '.');
            string project = folder.StartsWith("Wharf.Api.Server", StringComparison.Ordinal) ? "Wharf.Api.Server" : string.Join('.', folder.Split('.').Take(2));
            if (declared is not null && declared != project && folder != declared && !folder.StartsWith(declared + ".", StringComparison.Ordinal))
            {
                bad.Add($"{Sources.Relative(file)}: {declared}");
            }
        }

        Assert.Empty(bad);
    }
}
