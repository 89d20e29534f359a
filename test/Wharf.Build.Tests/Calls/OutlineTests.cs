using System.Text.Json;
using Wharf.Build.Calls;
using Wharf.Build.Stages;

namespace Wharf.Build.Tests.Calls;

/// <summary>What <c>--call=outline</c> tells of a file, as JSON.</summary>
public sealed class OutlineTests
{
    [Fact]
    public void Arguments_AreThoseThatTheTargetUses()
    {
        var outline = Outline("""
            ARG flavour=slim
            ARG nobody=${flavour}
            # tag with its flavour
            ARG tag="v1-${flavour}"
            FROM base:${tag} AS tools
            # level of detail
            ARG level=3
            RUN true
            FROM other${nobody} AS aside
            ARG lost
            FROM scratch AS ground
            ARG depth=d
            FROM ground AS wanted
            COPY --from=tools /x /
            FROM aside
            """, "wanted", ("level", "7"));

        Assert.Equal(["flavour 1 slim ", "tag 4 v1-slim with its flavour", "level 7 7 of detail", "depth 12 d "],
            [.. outline.GetProperty("args").EnumerateArray().Select(a =>
                $"{a.GetProperty("name")} {LineOf(a)} {a.GetProperty("value")} {(a.TryGetProperty("description", out var text) ? text.GetString() : "")}")]);
    }

    [Fact]
    public void Mounts_AreNamedByTheArgumentsOfTheirStageAndPlaced()
    {
        var outline = Outline("""
            FROM busybox AS one
            RUN --mount=type=secret,target=/run/key,required=true --mount=type=ssh true
            FROM busybox AS unused
            RUN --mount=type=secret,id=never true
            FROM scratch AS two
            ARG which
            FROM two AS three
            RUN --mount=type=secret,id=token-${which} true
            COPY --from=one / /
            RUN --mount=type=ssh,id=agent,required --mount=type=secret,id=token-${which},required true
            """, "three", ("which", "b"));

        Assert.Equal(["key True 2", "token-b True 8"], Mounts(outline, "secrets"));
        Assert.Equal(["default False 2", "agent True 10"], Mounts(outline, "ssh"));
    }

    private static string[] Mounts(JsonElement outline, string kind) =>
        [.. outline.GetProperty(kind).EnumerateArray().Select(m => $"{m.GetProperty("name")} {m.TryGetProperty("required", out _)} {LineOf(m)}")];

    private static int LineOf(JsonElement item) => item.GetProperty("location").GetProperty("ranges")[0].GetProperty("start").GetProperty("line").GetInt32();

    private static JsonElement Outline(string dockerfile, string target, params (string Name, string Value)[] given)
    {
        var file = StageList.Parse(dockerfile);
        var arguments = new BuildArguments(given.ToDictionary(g => g.Name, g => (string?)g.Value), []);
        foreach (var global in file.GlobalArguments)
        {
            arguments.DeclareGlobal(global, file.Source.Escape);
        }

        var graph = StageGraph.Of(file, file.Target(target), s => s.From.BaseName, _ => false, _ => []);
        return JsonDocument.Parse(OutlineReport.Of(file, "Dockerfile", graph, arguments).Json).RootElement;
    }
}
