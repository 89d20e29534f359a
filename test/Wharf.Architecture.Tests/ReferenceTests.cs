using System.Xml.Linq;

namespace Wharf.Architecture.Tests;

/// <summary>References between projects go down only, as docs/architecture.md draws them.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Primitives"] = [],
        ["Linux"] = ["Primitives"],
        ["Oci"] = ["Primitives"],
        ["State"] = ["Primitives"],
        ["Api"] = ["Primitives"],
        ["Templates"] = ["Primitives"],
        ["Connections"] = ["Primitives"],
        ["Archive"] = ["Primitives", "Linux"],
        ["Runtime"] = ["Primitives", "Linux", "Oci"],
        ["Network"] = ["Primitives", "Linux"],
        ["Images"] = ["Primitives", "State", "Linux", "Archive", "Oci"],
        ["Build"] = ["Primitives", "State", "Linux", "Oci", "Archive"],
        ["Engine"] = ["Primitives", "State", "Linux", "Oci", "Archive", "Runtime", "Images", "Network", "Build", "Api", "Templates"],
        ["Api.Server"] = ["Primitives", "Connections", "Api", "Engine", "Images", "Network", "Build", "Archive", "Oci", "Runtime"],
        ["Client"] = ["Primitives", "Api"],
        ["Cli"] = ["Primitives", "Linux", "Archive", "Oci", "Api", "Client", "Templates"],
        ["Registry"] = ["Primitives", "Linux", "Oci", "Connections"],
        ["Shim"] = ["Primitives", "Linux", "Oci", "Runtime"],
        ["OciRuntime"] = ["Primitives", "Linux", "Oci", "Runtime"],
        ["Daemon"] = ["Primitives", "State", "Linux", "Oci", "Archive", "Runtime", "Images", "Network", "Build", "Engine", "Api", "Api.Server"],
    };

    public static TheoryData<string> Projects => [.. Sources.Projects("src").Select(Sources.Relative)];

    [Theory, MemberData(nameof(Projects))]
    public void Project_UsesOnlyRoomsBelowIt(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project)["Wharf.".Length..];
        Assert.True(MayUse.TryGetValue(name, out string[]? allowed), $"{project} is not in the table of rooms: add it there and to docs/architecture.md");
        var used = XDocument.Load(Path.Combine(Sources.Root, project)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/'))["Wharf.".Length..]);
        Assert.Empty(used.Except(allowed));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Project_NamesNoFrameworkAndNoVersion(string project)
    {
        string text = File.ReadAllText(Path.Combine(Sources.Root, project));
        Assert.DoesNotContain("TargetFramework", text);
        Assert.DoesNotContain("Version=", text);
    }

    [Fact]
    public void WebServerTypes_StayInTheirRooms()
    {
        string[] rooms = ["src/Wharf.Api.Server/", "src/Wharf.Daemon/", "src/Wharf.Registry/", "src/Wharf.Connections/"];
        var strangers = Sources.Code("src")
            .Where(f => !rooms.Any(r => Sources.Relative(f).StartsWith(r, StringComparison.Ordinal)))
            .Where(f => File.ReadAllText(f).Contains("using Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Empty(strangers.Select(Sources.Relative));
    }
}
