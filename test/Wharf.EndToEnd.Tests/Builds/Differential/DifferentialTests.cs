using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

[assembly: AssemblyFixture(typeof(Wharf.EndToEnd.Tests.Builds.Differential.LazyPeer))]

namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>The same Dockerfile given to Debian's dockerd and buildah and to ours: the same layers and configuration come out.</summary>
public sealed partial class DifferentialTests(SharedEngine shared, LazyPeer peer) : BuildTest(shared)
{
    // Where buildah 1.28 stands alone: it keeps ranges of EXPOSE as they are, makes no WORKDIR that nothing is done in, gives CMD another shell than the one
    // set before it, drops the group bit of copied folders, takes a backslash for an escape whatever the directive says, and makes no devices without a runtime.
    private static readonly string[] BuildahsOwn = ["configuration", "shell-forms", "workdirs", "special-files", "escape-directive", "changes"];

    public static TheoryData<string> Cases => [.. Corpus.Cases.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void Image_IsThatOfDocker(string name)
    {
        using var folder = Folder(name);
        string image = NewImage(), archive = Path.Combine(Engine.Root, image + ".tar");
        var ours = Ours(folder, image, archive);
        peer.Daemon.Docker("build", "-t", image, folder.Path).Ok();
        peer.Daemon.Docker("save", "-o", archive, image).Ok();
        AssertSame("dockerd", name, SavedImage.Read(archive), ours);
        File.Delete(archive);
    }

    public static TheoryData<string> BuildahCases => [.. Corpus.Cases.Keys.Except(BuildahsOwn)];

    [Theory, MemberData(nameof(BuildahCases))]
    public void Image_IsThatOfBuildah(string name)
    {
        using var folder = Folder(name);
        string image = NewImage(), archive = Path.Combine(Engine.Root, image + ".tar");
        var ours = Ours(folder, image, archive);
        File.Delete(archive);
        peer.Buildah.Build(folder.Path, image, archive);
        var theirs = SavedImage.Read(archive);
        File.Delete(archive);

        // Its layers are cut otherwise and its history has other words; the images are to be the same.
        var differences = new List<string>();
        Compare("configuration", WithoutHistory(theirs), WithoutHistory(ours), differences);
        Compare("files", WithoutNames(theirs), WithoutNames(ours), differences);
        Assert.True(differences.Count == 0, $"{name}: buildah (-) and wharf (+) differ\n{string.Join('\n', differences)}");
    }

    private static List<string> WithoutHistory(SavedImage image) => [.. image.Config.Where(l => !l.StartsWith("history: ", StringComparison.Ordinal)).Select(l => BuildahText().Replace(l, "").TrimEnd()).Where(l => l != "Labels:")];

    // What it puts into a root for a step it leaves there.
    private static List<string> WithoutNames(SavedImage image) => [.. image.Files().Where(l => !MountedText().IsMatch(l))];

    [GeneratedRegex("io\\.buildah\\.version=\"[^\"]+\" ?")]
    private static partial Regex BuildahText();

    [GeneratedRegex("^(etc|etc/hostname|etc/hosts|etc/resolv\\.conf|run|run/secrets) ")]
    private static partial Regex MountedText();

    private static BuildFolder Folder(string name)
    {
        (string dockerfile, string script) = Corpus.Cases[name];
        return new BuildFolder(dockerfile + "\n").Shell(script);
    }

    private SavedImage Ours(BuildFolder folder, string image, string archive)
    {
        Build(Client.Docker, folder, "-t", image).Ok();
        Run(Client.Docker, "save", "-o", archive, image).Ok();
        return SavedImage.Read(archive);
    }

    private static void AssertSame(string peer, string name, SavedImage theirs, SavedImage ours)
    {
        var differences = new List<string>();
        Compare("configuration", theirs.Config, ours.Config, differences);
        for (int i = 0; i < Math.Max(theirs.Layers.Count, ours.Layers.Count); i++)
        {
            Compare($"layer {i}", theirs.Layers.ElementAtOrDefault(i) ?? [], ours.Layers.ElementAtOrDefault(i) ?? [], differences);
        }

        Assert.True(differences.Count == 0, $"{name}: {peer} (-) and wharf (+) differ\n{string.Join('\n', differences)}");
    }

    private static void Compare(string where, IReadOnlyList<string> theirs, IReadOnlyList<string> ours, List<string> differences)
    {
        differences.AddRange(theirs.Except(ours).Select(l => $"{where} - {l}"));
        differences.AddRange(ours.Except(theirs).Select(l => $"{where} + {l}"));
        if (theirs.Order().SequenceEqual(ours.Order()) && !theirs.SequenceEqual(ours))
        {
            differences.Add($"{where}: another order: {string.Join(" | ", ours)}");
        }
    }
}

/// <summary>Starts a peer when the first test asks for it.</summary>
public sealed class LazyPeer : IDisposable
{
    private readonly Lazy<PeerDaemon> _daemon = new();
    private readonly Lazy<PeerBuildah> _buildah = new();

    public PeerDaemon Daemon => _daemon.Value;

    public PeerBuildah Buildah => _buildah.Value;

    public void Dispose()
    {
        if (_daemon.IsValueCreated)
        {
            _daemon.Value.Dispose();
        }

        if (_buildah.IsValueCreated)
        {
            _buildah.Value.Dispose();
        }
    }
}
