using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Base of build tests: folders, builds with either client, and a look into what came out.</summary>
public abstract class BuildTest(SharedEngine shared) : EngineTest(shared)
{
    private const int Patience = 240;
    private readonly List<string> _images = [];

    /// <summary>An image name that is removed after the test.</summary>
    protected string NewImage()
    {
        string name = "b" + Guid.NewGuid().ToString("N")[..12];
        _images.Add(name);
        return name;
    }

    protected CommandResult Build(Client client, BuildFolder folder, params string[] flags) =>
        Engine.RunWith(client, null, Patience, ["build", .. flags, folder.Path]);

    /// <summary>Builds a folder of which only the Dockerfile matters and returns everything it printed.</summary>
    protected string BuildText(Client client, string dockerfile, params string[] flags)
    {
        using var folder = new BuildFolder(dockerfile);
        return Build(client, folder, flags).Ok().Out;
    }

    /// <summary>Builds what must fail, and returns what it says.</summary>
    protected string Failure(Client client, string dockerfile, params string[] flags)
    {
        using var folder = new BuildFolder(dockerfile);
        var result = Build(client, folder, flags);
        Assert.True(result.ExitCode != 0, result.ToString());
        return result.Out + result.Error;
    }

    /// <summary>A member of the image's configuration as JSON.</summary>
    protected string ConfigOf(string image, string member) => Inspect(image, "{{json .Config." + member + "}}");

    /// <summary>What a command in the image prints.</summary>
    protected string InImage(string image, string command) => Run(Client.Docker, "run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", image, "-c", command).Ok().Text;

    protected JsonElement ImageJson(string image) => JsonDocument.Parse(Run(Client.Docker, "image", "inspect", image).Ok().Out).RootElement[0];

    protected int LayersOf(string image) => ImageJson(image).GetProperty("RootFS").GetProperty("Layers").GetArrayLength();

    protected static int Count(string text, string part) => text.Split(part).Length - 1;

    protected override void Clean()
    {
        if (_images.Count > 0)
        {
            Run(Client.Docker, ["rmi", "-f", .. _images]);
        }
    }
}
