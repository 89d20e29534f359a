using System.Diagnostics;
using System.Text;

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>What a program printed and how it ended.</summary>
public sealed record CommandResult(string Line, int ExitCode, string Out, string Error)
{
    /// <summary>Standard output without the newline at its end.</summary>
    public string Text => Out.TrimEnd('\n');

    public CommandResult Ok()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    public CommandResult Fails(int exitCode, params string[] texts)
    {
        Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}\n{this}");
        foreach (string text in texts)
        {
            Assert.True((Error + Out).Contains(text, StringComparison.Ordinal), $"expected the text \"{text}\"\n{this}");
        }

        return this;
    }

    public override string ToString() => $"$ {Line}\nexit code {ExitCode}\nstdout: {Out}\nstderr: {Error}";
}

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    public static CommandResult Run(string program, IEnumerable<string> arguments, string? input = null,
        IReadOnlyDictionary<string, string>? environment = null, int timeoutSeconds = 60, string? directory = null)
    {
        using var process = Start(program, arguments, environment, directory);
        string line = program + " " + string.Join(' ', process.StartInfo.ArgumentList);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(timeoutSeconds)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"$ {line}\ndid not end within {timeoutSeconds} s");
        }

        return new CommandResult(line, process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    public static Process Start(string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            WorkingDirectory = directory ?? "/",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        return Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
