using System.Runtime.InteropServices;
using System.Text;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Framework.Plugins;

/// <summary>
/// Becomes the plugin: execve(2) instead of a child, so that the terminal, its signals and the exit status are the plugin's own.
/// </summary>
internal static unsafe partial class PluginProgram
{
    private const int BrokenPipeSignal = 13;

    /// <param name="path">The plugin's program.</param>
    /// <param name="words">The whole command line behind the client's own name, global flags included.</param>
    /// <exception cref="CommandException">The program cannot be executed; otherwise this never returns.</exception>
    public static CommandException Become(string path, IReadOnlyList<string> words)
    {
        var environment = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{entry.Key}={entry.Value}");
        }

        environment.Add("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=" + Environment.GetCommandLineArgs()[0]);
        byte** arguments = Native([path, .. words]);
        byte** variables = Native(environment);
        signal(BrokenPipeSignal, 0); // ignored by our runtime, and an ignored signal stays so across execve
        execve(path, arguments, variables);
        return new CommandException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", 126);
    }

    // Never freed: the process becomes another one, or ends.
    private static byte** Native(IReadOnlyList<string> texts)
    {
        var list = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(texts[i]);
            list[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(list[i], bytes.Length));
        }

        return list;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int number, nint handler);
}
