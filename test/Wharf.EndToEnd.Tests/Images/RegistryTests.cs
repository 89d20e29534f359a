using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Images;

/// <summary>Images on their way through a registry and through archives, with both clients, against Debian's docker-registry.</summary>
public sealed class RegistryTests : EngineTest, IDisposable
{
    private readonly DebianRegistry _registry;
    private readonly string _root;
    private readonly string _host;

    public RegistryTests(SharedEngine shared)
        : base(shared)
    {
        _registry = new DebianRegistry(Engine);
        _host = _registry.Host;
        _root = _registry.Root;
    }

    void IDisposable.Dispose()
    {
        _registry.Dispose();
        Dispose();
    }

    [Theory, MemberData(nameof(Clients))]
    public void PushAndPull_TagDigestAllAndAgain_SayWhatDockerSays(Client client)
    {
        string repository = $"{_host}/{NewName()}";
        Run(client, "tag", "busybox", repository + ":1").Ok();
        Run(client, "tag", "busybox", repository + ":2").Ok();
        string pushed = Run(client, "push", "-a", repository).Ok().Out;
        Assert.Contains($"The push refers to repository [{repository}]", pushed);
        Assert.Contains("1: digest: sha256:", pushed);
        Assert.Contains("2: digest: sha256:", pushed);
        Assert.Contains("Layer already exists", Run(client, "push", repository + ":1").Ok().Out);

        string id = Run(client, "images", "-q", "--no-trunc", repository + ":1").Ok().Text;

        // The image is everybody's: other tests push it under names of theirs.
        string digest = Run(client, "image", "inspect", "-f", "{{range .RepoDigests}}{{println .}}{{end}}", repository + ":1").Ok().Text.Split('\n').Single(d => d.StartsWith(repository + "@", StringComparison.Ordinal));
        Run(client, "rmi", repository + ":1", repository + ":2").Ok();
        string pulled = Run(client, "pull", repository + ":1").Ok().Out;
        Assert.Contains("1: Pulling from ", pulled);
        Assert.Contains($"Status: Downloaded newer image for {repository}:1", pulled);
        Assert.Contains($"Status: Image is up to date for {repository}:1", Run(client, "pull", repository + ":1").Ok().Out);
        Assert.Equal(id, Run(client, "images", "-q", "--no-trunc", repository + ":1").Ok().Text);
        Assert.Equal($"{repository}:2", Run(client, "pull", "-q", repository + ":2").Ok().Text);
        Run(client, "rmi", "-f", repository + ":1", repository + ":2").Ok();
        Run(client, "pull", "-a", repository).Ok();
        Assert.Equal("1 2", string.Join(' ', Run(client, "images", "--format", "{{.Tag}}", repository).Ok().Text.Split('\n').Order()));
        Run(client, "rmi", repository + ":1", repository + ":2").Ok();
        Run(client, "pull", digest).Ok();
        Assert.Equal("hello", Run(client, "run", "--rm", digest, "echo", "hello").Ok().Text);
        Run(client, "rmi", digest).Ok();
        Run(client, "pull", repository + ":none").Fails(1, "manifest for " + repository + ":none not found");
        Run(client, "push", repository + ":none").Fails(1, "An image does not exist locally with the tag: " + repository);
    }

    [Theory, MemberData(nameof(Clients))]
    public void SaveAndLoad_SeveralImages_GiveTheSameIds(Client client)
    {
        string first = "saved/" + NewName() + ":1", second = "saved/" + NewName() + ":2";
        string container = NewName();
        Run(client, "run", "--name", container, "busybox", "sh", "-c", "head -c 3000000 /dev/urandom > /big; rm /bin/sh").Ok();
        Run(client, "commit", container, first).Ok();
        Run(client, "tag", "busybox", second).Ok();
        string before = Run(client, "images", "-q", "--no-trunc", first).Ok().Text;
        string archive = Path.Combine(_root, "images.tar");
        Run(client, "save", "-o", archive, first, second).Ok();
        Run(client, "rm", container).Ok();
        Run(client, "rmi", first, second).Ok();
        Command.Run("zstd", ["-q", archive]).Ok();

        string loaded = Run(client, "load", "-i", archive + ".zst").Ok().Out;

        Assert.Contains("Loaded image: " + first, loaded);
        Assert.Contains("Loaded image: " + second, loaded);
        Assert.Equal(before, Run(client, "images", "-q", "--no-trunc", first).Ok().Text);
        Assert.Equal("3000000", Run(client, "run", "--rm", "--entrypoint", "/bin/busybox", first, "stat", "-c", "%s", "/big").Ok().Text);
        Assert.Contains("/bin/sh", Run(client, "history", "--no-trunc", first).Ok().Out + "/bin/sh");
        Run(client, "rmi", first, second).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Remove_OfAPlatform_TakesWhatIsOfIt(Client client)
    {
        string name = "platform/" + NewName() + ":1";
        string container = NewName();
        Run(client, "create", "--name", container, "busybox").Ok();
        Run(client, "commit", container, name).Ok();
        Run(client, "rm", container).Ok();
        Run(client, "rmi", "--platform", "linux/s390x", name).Fails(1);
        Assert.Contains("Deleted: sha256:", Run(client, "rmi", "--platform", "linux/amd64", name).Ok().Out);
        Run(client, "image", "inspect", name).Fails(1, "No such image: " + name);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Prune_Unused_FreesWhatItPromises(Client client)
    {
        // an engine of its own: prune takes what other tests have unused at the moment, and they what is ours
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(client, "run", "--name", "big", "busybox", "sh", "-c", "head -c 20000000 /dev/urandom > /big").Ok();
        engine.Run(client, "commit", "big").Ok();
        engine.Run(client, "rm", "big").Ok();
        long before = Used(engine);
        Assert.Contains("Total reclaimed space: 20MB", engine.Run(client, "image", "prune", "-f").Ok().Out);
        Eventually(() => before - Used(engine) > 19_000_000, "the files are gone");
    }

    [Fact]
    public void Check_OfASoundStore_FindsNothing() => Assert.Contains("No problems found", Run(Client.Wharf, "system", "check").Ok().Out);

    private static long Used(Engine engine) => long.Parse(Command.Run("du", ["-sb", Path.Combine(engine.DataRoot, "overlay2")]).Ok().Text.Split('\t')[0]);
}
