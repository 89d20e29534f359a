using System.Text;
using Wharf.Api.Builds;
using Wharf.Cli.Builds.Lending;
using Wharf.Cli.Builds.Outputs;
using Wharf.Cli.Builds.Progress;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Progress;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

internal static class BuildCommand
{
    public static Command Definition => new("build", "Build an image from a Dockerfile")
    {
        Usage = "[OPTIONS] PATH | URL | -",
        Aliases = ["image build", "build", "builder build"],
        Arity = Arity.Exactly(1),
        Flags = BuildFlags.All,
        Complete = Completion.Files,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        BuildFlags.Refuse(call);
        OutputPlan outputs = OutputPlan.From(call);
        SortedDictionary<string, string> attestations = BuildAttestations.Read(call);
        BuildAnnotations annotations = BuildAnnotations.From(call, outputs);
        BuildCaches caches = BuildCaches.Read(call);
        string mode = BuildProgress.Mode(call);
        bool wantsShell = FailureShell.IsWanted(call);
        Dictionary<string, byte[]> secrets = BuildSecrets.Read(call);
        Dictionary<string, LentAgent> agents = AgentLender.Agents(call);
        BuildContext context = BuildContext.Open(call.Arguments[0], call.String("file"), cli.Terminal.Input, call.List("build-context"));
        using LocalOffer? offer = call.Bool("compress") ? null : await LocalOffer.MakeAsync(cli, context, ct);
        context = offer is null ? context : context.InPlace();
        if (offer is null && context.Folders is { } folders && await KnownFiles.AskAsync(cli, folders, ct) is { } known)
        {
            context = context.Against(known);
        }

        if (BuildCallCommand.Method(call) is { } method)
        {
            return await BuildCallCommand.RunAsync(call, context, offer, method, ct);
        }

        context = context.With(await LayoutContexts.LoadAsync(cli, context.Named, ct));
        string buildId = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        await caches.SendAsync(cli, ct);
        Query query = BuildQuery.From(call, context, outputs, caches);
        bool isClassic = cli.Env("DOCKER_BUILDKIT") is "0" or "false";
        offer?.AddTo(query);
        query.Add("events", isClassic ? null : "1");
        query.Add("buildid", buildId);
        query.Add("ssh", agents.Keys);
        BuildQuery.AddDescription(query, attestations, annotations, VersionControl.Of(cli, call.Arguments[0]));
        query.Add("provenance", BuildResultFiles.ProvenanceMode(call));

        // The classic builder leaves the containers of failed steps behind; who watches events asks for one when he wants it.
        query.Add("forcerm", call.Bool("force-rm") || (!isClassic && !wantsShell));
        Stream? content = context.Content is { } plain and not CompressedStream && call.Bool("compress") ? new CompressedStream(plain) : context.Content;
        var sent = content is null ? null : new CountingStream(content);
        AgentLender lender = AgentLender.Start(cli, buildId, agents);
        string id;
        string? provenance;
        try
        {
            (id, provenance) = await BuildAsync(call, query, Body(sent, secrets), sent, mode, isClassic, context.Remote.Length > 0, ct);
        }
        catch (BuildFailedException e) when (wantsShell && e.Container is { } container)
        {
            return await FailureShell.RunAsync(call, container, e, ct);
        }
        finally
        {
            lender.Stop();
        }

        bool quiet = mode == "quiet";
        var writer = new OutputWriter(cli, outputs, id, BuildAttestations.Any(attestations), quiet);
        await writer.WriteAsync(ct);
        await caches.StoreAsync(cli, buildId, ct);
        await BuildResultFiles.WriteAsync(call, id, buildId, outputs.Tags, writer.PushedDigest, provenance, ct);
        if (call.Bool("quiet"))
        {
            // a result on standard output leaves no room there for its id
            (outputs.UsesStandardOutput ? cli.Error : cli.Out).WriteLine(id);
        }

        return 0;
    }

    private static RequestBody? Body(Stream? content, Dictionary<string, byte[]> secrets) =>
        BuildSecrets.Preamble(secrets) is { } preamble ? RequestBody.Of(new JoinedStream(preamble, content ?? Stream.Null), BuildEvent.RequestType)
        : content is null ? null
        : RequestBody.Of(content);

    /// <returns>The id of the image, and how it came to be when that was asked for.</returns>
    private static async Task<(string Id, string? Provenance)> BuildAsync(Invocation call, Query query, RequestBody? body, CountingStream? sent, string mode, bool isClassic, bool isRemote, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        using BuildProgress? progress = isClassic ? null : BuildProgress.Start(cli, mode, sent);
        using EngineReply reply = await SendAsync(cli, query, body, progress, ct);
        if (progress is not null && reply.Head["Content-Type"] == BuildEvent.ContentType)
        {
            await progress.FollowAsync(reply.Body, ct);
            return (progress.Model.ImageId!, progress.Model.Provenance);
        }

        if (isClassic && !call.Bool("quiet") && !isRemote && mode != "quiet")
        {
            // nothing is sent of a folder that the engine reads in place
            cli.Out.WriteLine($"Sending build context to Docker daemon  {Framework.Output.Units.Size(sent?.Count ?? 0, 4)}");
        }

        return (await ShowClassicAsync(call, reply, ct), null);
    }

    private static async Task<EngineReply> SendAsync(CliContext cli, Query query, RequestBody? body, BuildProgress? progress, CancellationToken ct)
    {
        try
        {
            return await cli.Client.SendAsync("POST", "/build" + query, body, ct, [new("X-Registry-Config", RegistryCredentials.All(cli))]);
        }
        finally
        {
            progress?.EndSending();
        }
    }

    /// <summary>The text of an engine that knows no events, or that was asked for the classic builder (DOCKER_BUILDKIT=0).</summary>
    private static async Task<string> ShowClassicAsync(Invocation call, EngineReply reply, CancellationToken ct)
    {
        bool quiet = call.Bool("quiet");
        string id = "";
        using var captured = new MemoryStream();
        ProgressDisplay display = quiet
            ? new ProgressDisplay(new Framework.Terminal.TextOutput(captured, false), () => 0, call.Cli.Clock)
            : ProgressDisplay.On(call.Cli.Out, call.Cli);
        try
        {
            await display.ShowAsync(reply.Body, aux => id = aux.Text("ID"), ct);
        }
        catch (CommandException e) when (quiet)
        {
            throw new CommandException(Encoding.UTF8.GetString(captured.ToArray()) + e.Message, e.ExitCode);
        }

        return quiet ? Encoding.UTF8.GetString(captured.ToArray()).Trim() : id;
    }
}
