using System.Runtime.CompilerServices;

namespace Wharf.Testing;

/// <summary>
/// Expected output in files: <c>Golden/NAME.txt</c> beside the test's source. With WHARF_UPDATE_GOLDEN=1 the files are written instead,
/// to be read in the diff.
/// </summary>
public static class Golden
{
    public static void Match(string name, string actual, [CallerFilePath] string source = "")
    {
        string path = Path.Combine(Root(source), name + ".txt");
        if (Environment.GetEnvironmentVariable("WHARF_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        if (!File.Exists(path))
        {
            throw new GoldenMismatchException($"{path} does not exist; run once with WHARF_UPDATE_GOLDEN=1 and read what it wrote");
        }

        string expected = File.ReadAllText(path);
        if (expected != actual)
        {
            throw new GoldenMismatchException($"{name} differs from {path}{Describe(expected, actual)}");
        }
    }

    private static string Root(string source)
    {
        for (string? folder = Path.GetDirectoryName(source); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.EnumerateFiles(folder, "*.csproj").Any())
            {
                return Path.Combine(folder, "Golden");
            }
        }

        throw new GoldenMismatchException($"no project above {source}");
    }

    private static string Describe(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            string? a = i < left.Length ? left[i] : null;
            string? b = i < right.Length ? right[i] : null;
            if (a != b)
            {
                return $"\nline {i + 1}\nexpected: {a ?? "(end)"}\nactual:   {b ?? "(end)"}";
            }
        }

        return "";
    }
}

/// <summary>Output that is not what its golden file says.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
