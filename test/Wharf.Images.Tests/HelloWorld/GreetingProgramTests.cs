using System.Diagnostics;
using Wharf.Images.HelloWorld;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.HelloWorld;

public sealed class GreetingProgramTests
{
    [Fact]
    public async Task Program_Run_PrintsTheGreetingAndSucceeds()
    {
        Assert.SkipUnless(Platform.Host.Architecture == "amd64", "assembled for amd64");
        (int exitCode, string output) = await RunAsync(GreetingProgram.Assemble("amd64", GreetingText.Text), redirect: true);

        Assert.Equal(0, exitCode);
        Assert.Equal(GreetingText.Text, output);
        Assert.StartsWith("\nHello from Wharf!", output);
        Assert.Contains("Hello from Docker!", output);
    }

    [Fact]
    public async Task Program_WithoutOutput_Fails()
    {
        Assert.SkipUnless(Platform.Host.Architecture == "amd64", "assembled for amd64");
        string path = await WriteAsync(GreetingProgram.Assemble("amd64", "x"));
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"'{path}' >&-"]))!;
        await shell.WaitForExitAsync(ImageLab.Ct);
        File.Delete(path);

        Assert.Equal(1, shell.ExitCode);
    }

    [Fact]
    public void Program_Arm64_HasTheKnownInstructions()
    {
        byte[] program = GreetingProgram.Assemble("arm64", "hi");

        Assert.Equal(183, program[18]);
        uint[] code = [.. Enumerable.Range(0, (program.Length - 120 - 2) / 4).Select(i => BitConverter.ToUInt32(program, 120 + (i * 4)))];
        Assert.Equal(0xD2800000u | (64u << 5) | 8u, code[4]);
        Assert.Equal(2, code.Count(i => i == 0xD4000001));
        Assert.Equal("hi"u8.ToArray(), program[^2..]);
    }

    [Fact]
    public async Task Image_BuiltTwice_HasOneId()
    {
        (byte[] tar, ImageConfig config) = await EmbeddedHelloWorld.BuildAsync("amd64", ImageLab.Ct);
        (byte[] again, ImageConfig configAgain) = await EmbeddedHelloWorld.BuildAsync("amd64", ImageLab.Ct);

        Assert.Equal(tar, again);
        Assert.Equal(Digest.Sha256(OciImageJson.Write(config)), Digest.Sha256(OciImageJson.Write(configAgain)));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(byte[] program, bool redirect)
    {
        string path = await WriteAsync(program);
        using Process process = Process.Start(new ProcessStartInfo(path) { RedirectStandardOutput = redirect })!;
        string output = await process.StandardOutput.ReadToEndAsync(ImageLab.Ct);
        await process.WaitForExitAsync(ImageLab.Ct);
        File.Delete(path);
        return (process.ExitCode, output);
    }

    private static async Task<string> WriteAsync(byte[] program)
    {
        string path = Path.Combine(Path.GetTempPath(), $"wharf-hello-{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(path, program, ImageLab.Ct);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
