using System.Text.Json;
using Wharf.Cli.Builds.Outputs;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary><c>build --call</c> and <c>--check</c>: a question about the Dockerfile instead of a build.</summary>
internal static class BuildCallCommand
{
    private const string JsonFormat = "format=json";

    /// <summary>The question of the command line, with its options; null for a build.</summary>
    public static string? Method(Invocation call) =>
        call.Bool("check") ? "check" : call.String("call") is { Length: > 0 } method && method != "build" ? method : null;

    public static async Task<int> RunAsync(Invocation call, BuildContext context, LocalOffer? offer, string method, CancellationToken ct)
    {
        string[] parts = method.Split(',');
        bool json = false;
        foreach (string option in parts.Skip(1))
        {
            json = option switch
            {
                JsonFormat => true,
                "format=text" => false,
                _ => throw new CommandException($"invalid call option \"{option}\": use format=text or format=json"),
            };
        }

        Query query = BuildQuery.From(call, context, OutputPlan.From(call), BuildCaches.Read(call));
        query.Add("call", parts[0]);
        offer?.AddTo(query);
        using EngineReply reply = await call.Cli.Client.SendAsync("POST", "/build" + query, context.Content is null ? null : RequestBody.Of(context.Content), ct);
        using JsonDocument answer = JsonDocument.Parse(await reply.ReadAllAsync(ct));
        call.Cli.Out.Write(json ? answer.RootElement.GetProperty("Result").GetRawText() + "\n" : answer.RootElement.GetProperty("Text").GetString() ?? "");
        return answer.RootElement.GetProperty("ExitCode").GetInt32();
    }
}
