using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Wharf.Linux.Tests.Plans;

/// <summary>Reads the source of what runs between clone and execve: nothing in it may allocate, throw, or call out.</summary>
public sealed partial class AfterCloneTests
{
    [Fact]
    public void AfterCloneFiles_HaveNothingThatNeedsTheRuntime()
    {
        string[] files = [.. Directory.GetFiles(Source(), "*.cs", SearchOption.AllDirectories).Where(IsMarked)];

        Assert.Equal(2, files.Length);
        foreach (string file in files)
        {
            string code = Comments().Replace(File.ReadAllText(file), "");
            Assert.DoesNotMatch(Forbidden(), code);
        }
    }

    [Fact]
    public void AfterCloneMethods_AreAllCompiledOnce()
    {
        foreach (string file in Directory.GetFiles(Source(), "*.cs", SearchOption.AllDirectories).Where(IsMarked))
        {
            string code = File.ReadAllText(file);
            int methods = Methods().Count(code), marked = Marks().Count(code);
            Assert.True(methods > 0 && methods == marked, $"{file}: {methods} methods, {marked} marked AggressiveOptimization");
        }
    }

    private static bool IsMarked(string file) => File.ReadLines(file).FirstOrDefault()?.StartsWith("// AFTER-CLONE", StringComparison.Ordinal) == true;

    private static string Source([CallerFilePath] string here = "") =>
        Path.GetFullPath("../../../src/Wharf.Linux", Path.GetDirectoryName(here)!);

    [GeneratedRegex(@"(?m)^    (public|private|internal) static [\w*]+ \w+\(")]
    private static partial Regex Methods();

    [GeneratedRegex(@"MethodImpl\([^)]*AggressiveOptimization\)")]
    private static partial Regex Marks();

    [GeneratedRegex(@"///?[^\n]*")]
    private static partial Regex Comments();

    // allocation, strings, lambdas, exceptions, spans and their helpers, imports, static state, thread statics, locks
    [GeneratedRegex(@"\bnew\b|""|=>\s*\{|\bthrow\b|\btry\b|\bSpan\b|\bstackalloc\b|\bLibc\.|\bawait\b|\block\b|\bforeach\b|\bstatic readonly\b|\bvar\b|\[ThreadStatic|\bobject\b|\bstring\b|\bGC\.|\bMarshal\.")]
    private static partial Regex Forbidden();
}
