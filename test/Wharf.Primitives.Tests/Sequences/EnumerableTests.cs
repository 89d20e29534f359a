using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Linq = System.Linq.Enumerable;
using Ours = Wharf.Primitives.Sequences.Enumerable;

namespace Wharf.Primitives.Tests.Sequences;

/// <summary>Every operator gives what System.Linq's of the same name gives, on any input.</summary>
public sealed class EnumerableTests
{
    private static readonly Dictionary<string, (Func<IEnumerable<int>, int, object?> Ours, Func<IEnumerable<int>, int, object?> Linq)> Operators = new()
    {
        ["Where"] = ((s, n) => Ours.Where(s, x => x % 3 == n % 3), (s, n) => Linq.Where(s, x => x % 3 == n % 3)),
        ["Where with index"] = ((s, n) => Ours.Where(s, (x, i) => i > n), (s, n) => Linq.Where(s, (x, i) => i > n)),
        ["Select"] = ((s, n) => Ours.Select(s, x => (long)x * n), (s, n) => Linq.Select(s, x => (long)x * n)),
        ["Select with index"] = ((s, _) => Ours.Select(s, (x, i) => (x, i)), (s, _) => Linq.Select(s, (x, i) => (x, i))),
        ["SelectMany"] = ((s, n) => Ours.SelectMany(s, x => new[] { x, n }), (s, n) => Linq.SelectMany(s, x => new[] { x, n })),
        ["Concat"] = ((s, n) => Ours.Concat(s, [n, 7]), (s, n) => Linq.Concat(s, [n, 7])),
        ["Append"] = ((s, n) => Ours.Append(s, n), (s, n) => Linq.Append(s, n)),
        ["Prepend"] = ((s, n) => Ours.Prepend(s, n), (s, n) => Linq.Prepend(s, n)),
        ["Skip"] = ((s, n) => Ours.Skip(s, n), (s, n) => Linq.Skip(s, n)),
        ["SkipLast"] = ((s, n) => Ours.SkipLast(s, n), (s, n) => Linq.SkipLast(s, n)),
        ["SkipWhile"] = ((s, n) => Ours.SkipWhile(s, x => x < n), (s, n) => Linq.SkipWhile(s, x => x < n)),
        ["Take"] = ((s, n) => Ours.Take(s, n), (s, n) => Linq.Take(s, n)),
        ["TakeLast"] = ((s, n) => Ours.TakeLast(s, n), (s, n) => Linq.TakeLast(s, n)),
        ["TakeWhile"] = ((s, n) => Ours.TakeWhile(s, x => x < n), (s, n) => Linq.TakeWhile(s, x => x < n)),
        ["Reverse"] = ((s, _) => Ours.Reverse(s), (s, _) => Linq.Reverse(s)),
        ["Zip"] = ((s, n) => Ours.Zip(s, Ours.Range(n, 3)), (s, n) => Linq.Zip(s, Linq.Range(n, 3))),
        ["Distinct"] = ((s, _) => Ours.Distinct(s), (s, _) => Linq.Distinct(s)),
        ["DistinctBy"] = ((s, _) => Ours.DistinctBy(s, x => x % 4), (s, _) => Linq.DistinctBy(s, x => x % 4)),
        ["Union"] = ((s, n) => Ours.Union(s, [n, n, 1]), (s, n) => Linq.Union(s, [n, n, 1])),
        ["Except"] = ((s, n) => Ours.Except(s, [n, 1, 2]), (s, n) => Linq.Except(s, [n, 1, 2])),
        ["Intersect"] = ((s, n) => Ours.Intersect(s, [n, 1, 2, 2]), (s, n) => Linq.Intersect(s, [n, 1, 2, 2])),
        ["DefaultIfEmpty"] = ((s, n) => Ours.DefaultIfEmpty(s, n), (s, n) => Linq.DefaultIfEmpty(s, n)),
        ["OrderBy"] = ((s, _) => Ours.OrderBy(Ours.Select(s, (x, i) => (x, i)), p => p.x % 3), (s, _) => Linq.OrderBy(Linq.Select(s, (x, i) => (x, i)), p => p.x % 3)),
        ["OrderByDescending ThenBy"] = (
            (s, _) => Ours.OrderByDescending(Ours.Select(s, (x, i) => (x, i)), p => p.x % 3).ThenBy(p => p.x),
            (s, _) => Linq.ThenBy(Linq.OrderByDescending(Linq.Select(s, (x, i) => (x, i)), p => p.x % 3), p => p.x)),
        ["Order ThenByDescending"] = ((s, _) => Ours.Order(s).ThenByDescending(x => x), (s, _) => Linq.ThenByDescending(Linq.Order(s), x => x)),
        ["OrderDescending"] = ((s, _) => Ours.OrderDescending(s), (s, _) => Linq.OrderDescending(s)),
        ["Any"] = ((s, _) => Ours.Any(s), (s, _) => Linq.Any(s)),
        ["Any of"] = ((s, n) => Ours.Any(s, x => x == n), (s, n) => Linq.Any(s, x => x == n)),
        ["All"] = ((s, n) => Ours.All(s, x => x < n), (s, n) => Linq.All(s, x => x < n)),
        ["Contains"] = ((s, n) => Ours.Contains(s, n), (s, n) => Linq.Contains(s, n)),
        ["Count"] = ((s, _) => Ours.Count(s), (s, _) => Linq.Count(s)),
        ["Count of"] = ((s, n) => Ours.Count(s, x => x < n), (s, n) => Linq.Count(s, x => x < n)),
        ["Sum"] = ((s, _) => Ours.Sum(s, x => (long)x), (s, _) => Linq.Sum(s, x => (long)x)),
        ["Aggregate"] = ((s, n) => Ours.Aggregate(s, n, (a, x) => unchecked((a * 31) + x)), (s, n) => Linq.Aggregate(s, n, (a, x) => unchecked((a * 31) + x))),
        ["MaxBy"] = ((s, _) => Ours.MaxBy(Ours.Select(s, x => $"{x}"), x => x.Length), (s, _) => Linq.MaxBy(Linq.Select(s, x => $"{x}"), x => x.Length)),
        ["MinBy"] = ((s, _) => Ours.MinBy(Ours.Select(s, x => $"{x}"), x => x.Length), (s, _) => Linq.MinBy(Linq.Select(s, x => $"{x}"), x => x.Length)),
        ["Max"] = ((s, _) => Ours.Max(s), (s, _) => Linq.Max(s)),
        ["Min"] = ((s, _) => Ours.Min(s), (s, _) => Linq.Min(s)),
        ["First"] = ((s, _) => Ours.First(s), (s, _) => Linq.First(s)),
        ["FirstOrDefault of"] = ((s, n) => Ours.FirstOrDefault(s, x => x > n), (s, n) => Linq.FirstOrDefault(s, x => x > n)),
        ["Last"] = ((s, _) => Ours.Last(s), (s, _) => Linq.Last(s)),
        ["LastOrDefault of"] = ((s, n) => Ours.LastOrDefault(s, x => x > n, -1), (s, n) => Linq.LastOrDefault(s, x => x > n, -1)),
        ["Single"] = ((s, _) => Ours.Single(s), (s, _) => Linq.Single(s)),
        ["SingleOrDefault of"] = ((s, n) => Ours.SingleOrDefault(s, x => x == n), (s, n) => Linq.SingleOrDefault(s, x => x == n)),
        ["ElementAt"] = ((s, n) => Ours.ElementAtOrDefault(s, n), (s, n) => Linq.ElementAtOrDefault(s, n)),
        ["SequenceEqual"] = ((s, n) => Ours.SequenceEqual(s, [n]), (s, n) => Linq.SequenceEqual(s, [n])),
        ["ToDictionary"] = ((s, _) => Ours.ToDictionary(s, x => x, x => -x), (s, _) => Linq.ToDictionary(s, x => x, x => -x)),
        ["GroupBy"] = (
            (s, _) => Ours.Select(Ours.GroupBy(s, x => x % 3), g => $"{g.Key}: {string.Join(' ', g)}"),
            (s, _) => Linq.Select(Linq.GroupBy(s, x => x % 3), g => $"{g.Key}: {string.Join(' ', g)}")),
        ["Chunk"] = ((s, n) => Ours.Select(Ours.Chunk(s, Math.Abs(n % 3) + 1), c => string.Join(' ', c)), (s, n) => Linq.Select(Linq.Chunk(s, Math.Abs(n % 3) + 1), c => string.Join(' ', c))),
        ["OfType"] = ((s, _) => Ours.OfType<int>(Ours.Cast<object>(s)), (s, _) => Linq.OfType<int>(Linq.Cast<object>(s))),
    };

    public static TheoryData<string> Names => [.. Operators.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_AnyInput_AgreesWithLinq(string name)
    {
        (Func<IEnumerable<int>, int, object?> ours, Func<IEnumerable<int>, int, object?> linq) = Operators[name];
        Prop.ForAll<int[], int>((items, n) =>
        {
            foreach (IEnumerable<int> source in new[] { items, Lazily(items), new Queue<int>(items) })
            {
                Assert.Equal(Outcome(linq, source, n), Outcome(ours, source, n));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Lookup_UnknownKey_IsEmpty()
    {
        var lookup = Ours.ToLookup([1, 2, 4], x => x % 2, x => x);
        Assert.Equal([2, 4], lookup[0]);
        Assert.Equal([1], lookup[1]);
        Assert.Empty(lookup[5]);
        Assert.False(lookup.Contains(5));
    }

    [Fact]
    public void Take_SourceThatWouldBlock_AsksForNoMoreThanItGives()
    {
        static IEnumerable<int> Source()
        {
            yield return 1;
            throw new InvalidOperationException("asked once too often");
        }

        Assert.Equal([1], Ours.ToArray(Ours.Take(Source(), 1)));
    }

    [Fact]
    public void Sum_Overflow_Throws() => Assert.Throws<OverflowException>(() => Ours.Sum([int.MaxValue, 1]));

    // A sequence becomes the text of its items, an exception its type: what two implementations must agree on.
    private static string Outcome(Func<IEnumerable<int>, int, object?> operation, IEnumerable<int> source, int n)
    {
        try
        {
            object? result = operation(source, n);
            return result is System.Collections.IEnumerable items and not string ? string.Join(',', Linq.Cast<object>(items)) : $"{result}";
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return error.GetType().Name;
        }
    }

    private static IEnumerable<int> Lazily(int[] items)
    {
        foreach (int item in items)
            yield return item;
    }
}
