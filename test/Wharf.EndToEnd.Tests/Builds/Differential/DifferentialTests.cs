using Wharf.EndToEnd.Tests.Harness;

[assembly: AssemblyFixture(typeof(Wharf.EndToEnd.Tests.Builds.Differential.LazyPeer))]

namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>The same Dockerfile given to Debian's dockerd, with the same client, and to ours: the same layers and configuration come out.</summary>
public sealed class DifferentialTests(SharedEngine shared, LazyPeer peer) : BuildTest(shared)
{
    public static TheoryData<string> Cases => [.. Corpus.Cases.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void Image_IsThatOfDocker(string name)
    {
        (string dockerfile, string script) = Corpus.Cases[name];
        using var folder = new BuildFolder(dockerfile + "\n");
        folder.Shell(script);
        string image = NewImage();
        Build(Client.Docker, folder, "-t", image).Ok();
        peer.Daemon.Docker("build", "-t", image, folder.Path).Ok();
        string archive = Path.Combine(Engine.Root, image + ".tar");
        Run(Client.Docker, "save", "-o", archive, image).Ok();
        var ours = SavedImage.Read(archive);
        peer.Daemon.Docker("save", "-o", archive, image).Ok();
        var theirs = SavedImage.Read(archive);
        File.Delete(archive);

        var differences = new List<string>();
        Compare("configuration", theirs.Config, ours.Config, differences);
        for (int i = 0; i < Math.Max(theirs.Layers.Count, ours.Layers.Count); i++)
        {
            Compare($"layer {i}", theirs.Layers.ElementAtOrDefault(i) ?? [], ours.Layers.ElementAtOrDefault(i) ?? [], differences);
        }

        Assert.True(differences.Count == 0, $"{name}: dockerd (-) and wharf (+) differ\n{string.Join('\n', differences)}");
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

/// <summary>Starts the peer when the first test asks for it.</summary>
public sealed class LazyPeer : IDisposable
{
    private readonly Lazy<PeerDaemon> _daemon = new();

    public PeerDaemon Daemon => _daemon.Value;

    public void Dispose()
    {
        if (_daemon.IsValueCreated)
        {
            _daemon.Value.Dispose();
        }
    }
}
