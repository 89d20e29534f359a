using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Base of tests of builds that only our client can ask for.</summary>
public abstract class ClientBuildTest(SharedEngine shared) : BuildTest(shared)
{
    /// <summary>A build by our client as users start it: without what the harness sets for the stock one.</summary>
    protected CommandResult WharfBuild(BuildFolder folder, params string[] flags) => WharfBuild(Engine, folder, flags);

    protected static CommandResult WharfBuild(Engine engine, BuildFolder folder, params string[] flags) =>
        Command.Run(Repository.Program("wharf"), ["build", .. flags, folder.Path], "", Environment(engine), 240);

    protected static Dictionary<string, string> Environment(Engine engine) => new(engine.ClientEnvironment()) { ["DOCKER_BUILDKIT"] = "1" };

    /// <summary>The statements attested of an image, by their kind of predicate.</summary>
    protected static Dictionary<string, JsonElement> Attestations(Engine engine, string image)
    {
        string answer = engine.Get($"/v1.55/images/{image}/attestations?statement=1");
        using var document = JsonDocument.Parse(Body(answer));
        return document.RootElement.EnumerateArray().ToDictionary(a => a.GetProperty("PredicateType").GetString()!, a => a.GetProperty("Statement").Clone());
    }

    /// <summary>The body of an answer, chunked or not.</summary>
    private static string Body(string answer)
    {
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", answer);
        string body = answer[(end + 4)..];
        return body[body.IndexOf('[')..(body.LastIndexOf(']') + 1)];
    }
}
