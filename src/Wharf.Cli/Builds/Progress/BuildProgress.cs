using System.Runtime.InteropServices;
using Wharf.Client.Answers;
using Wharf.Api.Builds;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client.Streams;

namespace Wharf.Cli.Builds.Progress;

/// <summary>Follows one build from the sending of its context to its end, and shows it in the form that the user chose.</summary>
internal sealed class BuildProgress : IDisposable
{
    private const int FailureLines = 20;
    private const int ContextTick = 100;

    private readonly CliContext _cli;
    private readonly IBuildView _view;
    private readonly Timer? _sending;
    private readonly CountingStream? _context;
    private readonly PosixSignalRegistration _interrupt;
    private bool _contextDone;

    private BuildProgress(CliContext cli, string mode, CountingStream? context)
    {
        _cli = cli;
        _context = context;
        _view = mode switch
        {
            "tty" => new TerminalView(cli, Model),
            "plain" => new PlainView(cli.Error, Model),
            "rawjson" => new RawJsonView(cli.Error),
            _ => new SilentView(),
        };
        if (context is not null)
        {
            Local(new BuildEvent { Type = "started", Step = BuildModel.ContextStep, Text = "[internal] load build context" });
            _sending = new Timer(_ => ShowSending(), null, ContextTick, ContextTick);
        }

        // The default action follows and ends the program; the engine sees the connection close and stops every step.
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Interrupt());
    }

    public BuildModel Model { get; } = new();

    /// <summary>The form of the output: <c>--progress</c>, else BUILDKIT_PROGRESS, else what the standard error is.</summary>
    /// <exception cref="CommandException">An unknown form, or a terminal that is none.</exception>
    public static string Mode(Invocation call)
    {
        CliContext cli = call.Cli;
        string mode = call.IsSet("progress") ? call.String("progress") : cli.Env("BUILDKIT_PROGRESS") ?? "auto";
        if (call.Bool("quiet"))
        {
            return call.IsSet("progress") && mode is not ("auto" or "quiet") ? throw new CommandException($"progress={mode} and quiet cannot be used together") : "quiet";
        }

        return mode switch
        {
            "auto" or "" => cli.Error.IsTerminal && cli.Env("TERM") != "dumb" ? "tty" : "plain",
            "tty" => cli.Error.IsTerminal ? mode : throw new CommandException("progress=tty needs a terminal: failed to get console"),
            "plain" or "quiet" or "rawjson" => mode,
            _ => throw new CommandException($"invalid progress mode \"{mode}\": use auto, plain, tty, quiet or rawjson"),
        };
    }

    public static BuildProgress Start(CliContext cli, string mode, CountingStream? context) => new(cli, mode, context);

    /// <summary>Reads events to the end of the build.</summary>
    /// <exception cref="CommandException">The build failed; what it said last has been shown.</exception>
    public async Task FollowAsync(Stream body, CancellationToken ct)
    {
        await foreach (BuildEvent happened in JsonLines.ReadAsync(body, ClientJson.Default.BuildEvent, ct))
        {
            lock (Model.Gate)
            {
                _view.Show(happened, Model.Apply(happened));
            }
        }

        lock (Model.Gate)
        {
            _view.End();
        }

        if (Model.Failure is { } failure)
        {
            ShowFailure(failure);
            throw new BuildFailedException("ERROR: " + failure.Text, failure.Code is { } code and not 0 ? code : 1, failure.Container);
        }

        if (Model.ImageId is null)
        {
            throw new CommandException("the engine ended the build without a result");
        }
    }

    /// <summary>The context is sent: told by the answer's first line, or by the answer's refusal.</summary>
    public void EndSending()
    {
        _sending?.Dispose();
        if (_context is not null && !_contextDone)
        {
            ShowSending();
            _contextDone = true;
            Local(new BuildEvent { Type = "finished", Step = BuildModel.ContextStep, Outcome = "done" });
        }
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _sending?.Dispose();
        _view.Dispose();
    }

    private void ShowFailure(BuildEvent failure)
    {
        if (Model.FailedStep is { Lines.Count: > 0 } step)
        {
            _cli.Error.WriteLine($"------\n > {step.Name}:");
            foreach ((long time, string text) in step.Lines.TakeLast(FailureLines))
            {
                _cli.Error.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time / 1000.0:0.000} {text}"));
            }

            _cli.Error.WriteLine("------");
        }

        if (failure.Excerpt is { } excerpt)
        {
            _cli.Error.Write(excerpt);
        }
    }

    private void ShowSending()
    {
        if (!_contextDone)
        {
            Local(new BuildEvent { Type = "transfer", Step = BuildModel.ContextStep, Text = "transferring context", Current = _context!.Count });
        }
    }

    private void Interrupt()
    {
        lock (Model.Gate)
        {
            foreach (StepModel step in Model.Steps.Where(s => s.Outcome is null).ToList())
            {
                var happened = new BuildEvent { Type = "finished", Step = step.Number, Outcome = "cancelled", Time = Now() };
                _view.Show(happened, Model.Apply(happened));
            }

            _view.End();
            _cli.Error.WriteLine("ERROR: build cancelled");
        }
    }

    private void Local(BuildEvent happened)
    {
        happened.Time = Now();
        lock (Model.Gate)
        {
            _view.Show(happened, Model.Apply(happened));
        }
    }

    private long Now() => _cli.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
