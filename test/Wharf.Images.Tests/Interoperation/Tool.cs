using System.Diagnostics;
using Wharf.Images.Tests.Support;

namespace Wharf.Images.Tests.Interoperation;

/// <summary>Runs a program of the system and wants it to succeed.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed");
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(ImageLab.Ct), error = process.StandardError.ReadToEndAsync(ImageLab.Ct);
        await process.WaitForExitAsync(ImageLab.Ct);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return await output;
    }

    public static Task<string> SkopeoAsync(params string[] arguments) => RunAsync("/usr/bin/skopeo", ["--insecure-policy", .. arguments]);
}
