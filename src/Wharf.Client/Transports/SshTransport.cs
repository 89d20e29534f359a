using System.Diagnostics;
using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Client.Transports;

/// <summary>A connection through the system's ssh program, which runs <c>docker system dial-stdio</c> on the far side.</summary>
internal static class SshTransport
{
    public static Transport Start(Endpoint endpoint)
    {
        var start = new ProcessStartInfo("ssh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (string argument in Arguments(endpoint))
        {
            start.ArgumentList.Add(argument);
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw WharfException.Unavailable($"error during connect: exec: \"ssh\": {e.Message}", e);
        }

        Stream output = process.StandardInput.BaseStream;
        return new StreamTransport(process.StandardOutput.BaseStream, output, output.Close, () =>
        {
            output.Dispose();
            process.Dispose();
        });
    }

    /// <summary>The ssh command line, after the program's name.</summary>
    internal static IEnumerable<string> Arguments(Endpoint endpoint)
    {
        if (endpoint.User is { } user)
        {
            yield return "-l";
            yield return user;
        }

        if (endpoint.Port != 0)
        {
            yield return "-p";
            yield return endpoint.Port.ToString(CultureInfo.InvariantCulture);
        }

        yield return "-o";
        yield return "ConnectTimeout=30";
        yield return "-T";
        yield return "--";
        yield return endpoint.Address;
        yield return "docker";
        if (endpoint.RemotePath.Length > 0)
        {
            yield return "--host";
            yield return "unix://" + endpoint.RemotePath;
        }

        yield return "system";
        yield return "dial-stdio";
    }
}
