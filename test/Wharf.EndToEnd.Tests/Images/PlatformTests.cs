using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Images;

/// <summary>One name for images of two platforms, made and sent through Debian's docker-registry with each client.</summary>
public sealed class PlatformTests : EngineTest, IDisposable
{
    private readonly DebianRegistry _registry;

    public PlatformTests(SharedEngine shared)
        : base(shared) => _registry = new DebianRegistry(Engine);

    void IDisposable.Dispose()
    {
        _registry.Dispose();
        Dispose();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Image_OfTwoPlatforms_IsOneByName_AndGoesOnWhole(Client client)
    {
        string name = PushedList(client);
        Run(client, "pull", name).Ok();
        Run(client, "tag", name, name + "-alone").Ok();
        CommandResult alone = Run(client, "push", name + "-alone").Ok();
        Assert.Contains("only the available single-platform image was pushed", alone.Out + alone.Error);
        Run(client, "rmi", name + "-alone").Ok();
        Run(client, "pull", "--platform", "linux/arm64", name).Ok();

        Assert.Single(Run(client, "images", "-q", name).Ok().Text.Split('\n'));
        foreach (string platform in new[] { "amd64", "arm64" })
        {
            Assert.Equal(platform, Run(client, "image", "inspect", "--platform", "linux/" + platform, "-f", "{{.Architecture}}", name).Ok().Text);
            string archive = Path.Combine(_registry.Root, $"{client}-{platform}.tar");
            Run(client, "save", "--platform", "linux/" + platform, "-o", archive, name).Ok();
            Assert.Contains(platform, Command.Run("skopeo", ["inspect", "docker-archive:" + archive]).Ok().Out);
        }

        Run(client, "history", "--platform", "linux/amd64", name).Ok();
        Run(client, "image", "inspect", "--platform", "linux/s390x", name).Fails(1, "does not match the specified platform: wanted linux/s390x");

        string copy = name + "-copy", part = name + "-part";
        Run(client, "tag", name, copy).Ok();
        Run(client, "push", copy).Ok();
        Assert.Equal(Raw(name), Raw(copy));
        Run(client, "tag", name, part).Ok();
        Run(client, "push", "--platform", "linux/amd64", part).Ok();
        Assert.DoesNotContain("\"manifests\"", Raw(part));

        Run(client, "rmi", copy, part, name).Ok();
        Assert.Equal("", Run(client, "images", "-q", name).Ok().Text);
        Assert.Equal("", Run(client, "images", "-qf", "reference=" + name).Ok().Text);
    }

    [Fact]
    public void ImageTools_OnALiveRegistry_TellWhatIsThere()
    {
        string name = PushedList(Client.Wharf);
        string Tell(string format) => Tools(name, "--format", format);

        Assert.Contains("  Platform:    linux/arm64\n", Tools(name));
        Assert.Equal(Raw(name), Tools(name, "--raw"));
        Assert.Equal("linux/amd64 linux/arm64 ", Tell("{{range .Manifest.Manifests}}{{.Platform.OS}}/{{.Platform.Architecture}} {{end}}").TrimEnd('\n'));
        Assert.Equal("arm64 1", Tell("{{with index .Image \"linux/arm64\"}}{{.Architecture}} {{len .RootFS.DiffIDs}}{{end}}").Trim());
        Assert.Contains("\"name\": \"" + name + "\"", Tell("{{json .}}"));
        Assert.Equal("amd64", Tools(name + "-amd64", "--format", "{{.Image.Architecture}}").Trim());
        Assert.NotEqual(0, Imagetools(name, "--raw", "--format", "{{.Name}}").ExitCode);
        Assert.NotEqual(0, Imagetools(name + "-none").ExitCode);
    }

    private string PushedList(Client client)
    {
        string name = $"{_registry.Host}/{NewName()}:v1", one = name + "-amd64", other = name + "-arm64";
        string config = Path.Combine(_registry.Root, "etc.tar");
        Command.Run("tar", ["cf", config, "-C", "/etc", "hostname"]).Ok();
        Run(client, "import", "--platform", "linux/amd64", config, one).Ok();
        Run(client, "import", "--platform", "linux/arm64", config, other).Ok();
        Run(client, "push", "-q", one).Ok();
        Run(client, "push", "-q", other).Ok();
        Run(client, "rmi", "-f", one, other).Ok();
        Manifest(client, "create", "--insecure", name, one, other);
        Manifest(client, "annotate", name, other, "--os", "linux", "--arch", "arm64");
        Manifest(client, "push", "--insecure", "-p", name);
        return name;
    }

    // These speak to the registry themselves, which is in the engine's network.
    private void Manifest(Client client, params string[] arguments) => Inside(ClientPrograms.Of(client), ["manifest", .. arguments]).Ok();

    private CommandResult Imagetools(params string[] arguments) => Inside(ClientPrograms.Of(Client.Wharf), ["buildx", "imagetools", "inspect", .. arguments]);

    private string Tools(params string[] arguments) => Imagetools(arguments).Ok().Out;

    private CommandResult Inside(string program, string[] arguments) =>
        Command.Run("nsenter", ["--net=/run/netns/" + Engine.Name, program, .. arguments], environment: Engine.ClientEnvironment());

    private string Raw(string name)
    {
        int colon = name.LastIndexOf(':');
        string repository = name[(name.IndexOf('/') + 1)..colon];
        return Engine.OnHost("curl", "-sf", "-H", "Accept: application/vnd.docker.distribution.manifest.list.v2+json", "-H", "Accept: application/vnd.docker.distribution.manifest.v2+json",
            $"http://{_registry.Host}/v2/{repository}/manifests/{name[(colon + 1)..]}").Ok().Out;
    }
}
