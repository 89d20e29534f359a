namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Where the published programs and the scripts of this repository are.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string Program(string name)
    {
        string path = Path.Combine(Root, "out", "bin", name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: run ./build.sh first");
    }

    /// <summary>The archive of a test image, made when it is not cached yet.</summary>
    public static string TestImage(string name)
    {
        var made = Command.Run(Path.Combine(Root, "test", "images", "make.sh"), [name], timeoutSeconds: 900);
        Assert.True(made.ExitCode == 0, made.ToString());
        return made.Out.Trim();
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Wharf.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the repository's root was not found above the test program");
    }
}
