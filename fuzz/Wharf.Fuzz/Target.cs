using System.Text;

namespace Wharf.Fuzz;

/// <summary>A parser under attack: how it is called, what good input looks like, and with what it may refuse the bad.</summary>
/// <param name="Name">As <c>--target</c> names it.</param>
/// <param name="Run">Feeds one input; any exception that <see cref="MayThrow"/> does not name is a defect.</param>
/// <param name="Seeds">Good inputs that mutations start from.</param>
/// <param name="MayThrow">What a caller of the parser is ready for, besides <see cref="Primitives.WharfException"/>.</param>
internal sealed record Target(string Name, Action<byte[]> Run, IReadOnlyList<byte[]> Seeds, params Type[] MayThrow)
{
    public static Target Text(string name, Action<string> run, string[] seeds, params Type[] mayThrow) =>
        new(name, input => run(Encoding.UTF8.GetString(input)), [.. seeds.Select(Encoding.UTF8.GetBytes)], mayThrow);
}
