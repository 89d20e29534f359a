using System.Diagnostics;

namespace Wharf.OciRuntime.Tests.Lifecycle;

public sealed class TerminalTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public void Run_InputAndEndOfTheTerminalTogether_EndsWithTheProcess()
    {
        // which of the two comes first is a matter of chance
        const int Rounds = 10;
        _runtime.Configure(["sh", "-c", "exit 7"], config => config["process"]!["terminal"] = true);
        for (int i = 0; i < Rounds; i++)
        {
            var start = new ProcessStartInfo("script") { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (string argument in new[] { "-qefc", $"{Runtime.Program} --root {_runtime.Root} run --bundle {_runtime.Bundle} c", "/dev/null" })
            {
                start.ArgumentList.Add(argument);
            }

            using Process terminal = Process.Start(start)!;
            terminal.StandardInput.Write("typed before the program came\n");
            terminal.StandardInput.Close();
            string output = terminal.StandardOutput.ReadToEnd();
            terminal.WaitForExit();
            Assert.True(terminal.ExitCode == 7, $"round {i}: {terminal.ExitCode}: {output}");
        }
    }
}
