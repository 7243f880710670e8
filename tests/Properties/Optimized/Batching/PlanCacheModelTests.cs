using System.Collections.Immutable;
using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Optimized.Batching;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>Any series of look-ups hits and misses a plan cache as a plain list of recent signatures does.</summary>
public class PlanCacheModelTests
{
    private const int Capacity = 3;

    // Signatures that differ from the first in one thing each, and one more that is equal to it.
    private static readonly SequenceRoute First = new(0, 1, 1, Resets: false, Tokens: 2, Planes: 2);
    private static readonly SequenceRoute Second = new(4, 0, 0, Resets: true, Tokens: 2, Planes: 2);

    private static readonly PlanSignature[] Signatures =
    [
        Of(First, Second),
        Of(First, Second),
        Of(First, Second with { Tokens = 1 }),
        Of(First, Second with { Planes = 1 }),
        Of(First, Second with { Slot = 3 }),
        Of(First with { ConvPlane = 2 }, Second),
        Of(First with { DeltaPlane = 2 }, Second),
        Of(First, Second with { Resets = false }),
        Of(First),
    ];

    // The second signature is the first.
    private static int KeyOf(int index) => index == 1 ? 0 : index;

    private sealed record Model(ImmutableList<int> Recent, int Hits, int Misses);

    private sealed class Subject(IEqualityComparer<PlanSignature>? keys)
    {
        public PlanCache Cache { get; } = new(
            Capacity, signature => new BatchPlan(signature, planes: 3), keys);

        public BatchPlan? Last { get; set; }
    }

    [Property(MaxTest = 100)]
    public Property AnyLookUps_AgreeWithTheModel() => new Machine().ToProperty();

    // Keys that leave one thing out.
    public static TheoryData<string, Func<PlanSignature, PlanSignature>> Omissions => new()
    {
        { "tokens", key => Each(key, (route, _) => route with { Tokens = 0 }) },
        { "planes", key => Each(key, (route, _) => route with { Planes = 0 }) },
        { "slots", key => Each(key, (route, i) => route with { Slot = i }) },
        { "live planes of windows", key => Each(key, (route, _) => route with { ConvPlane = 0 }) },
        { "live planes of S", key => Each(key, (route, _) => route with { DeltaPlane = 0 }) },
        { "resets", key => Each(key, (route, _) => route with { Resets = false }) },
        { "all but the first route", key => new PlanSignature(key.Routes[..1].ToArray()) },
    };

    [Theory]
    [MemberData(nameof(Omissions))]
    public void AnyLookUps_ByAKeyWithout_AreFound(string what, Func<PlanSignature, PlanSignature> key)
    {
        var keys = EqualityComparer<PlanSignature>.Create((a, b) => key(a) == key(b), signature => key(signature).GetHashCode());
        string? finding = new Machine(keys).Finding();
        Assert.True(finding?.Contains("after get", StringComparison.Ordinal), $"{what}: {finding}");
    }

    private static PlanSignature Of(params SequenceRoute[] routes) => new(routes);

    private static PlanSignature Each(PlanSignature key, Func<SequenceRoute, int, SequenceRoute> change) =>
        new(key.Routes.ToArray().Select(change).ToArray());

    private sealed class Machine(IEqualityComparer<PlanSignature>? keys = null)
        : Machine<Subject, Model>(maxNumberOfCommands: 60)
    {
        public override Arbitrary<Setup<Subject, Model>> Setup => Gen.Constant<Setup<Subject, Model>>(
            new Start<Subject, Model>(() => new Subject(keys), new Model([], 0, 0))).ToArbitrary();

        public override Gen<Operation<Subject, Model>> Next(Model model) =>
            Gen.Choose(0, Signatures.Length - 1).Select(Get);
    }

    private static Operation<Subject, Model> Get(int index) => new Step<Subject, Model>(
        $"get {index}",
        _ => true,
        model =>
        {
            bool hit = model.Recent.Contains(KeyOf(index));
            return new Model(
                [.. model.Recent.Remove(KeyOf(index)).Insert(0, KeyOf(index)).Take(Capacity)],
                model.Hits + (hit ? 1 : 0), model.Misses + (hit ? 0 : 1));
        },
        subject => subject.Last = subject.Cache.Get(Signatures[index]),
        (subject, model) =>
        {
            if ((subject.Cache.Hits, subject.Cache.Misses) != (model.Hits, model.Misses))
                return $"{subject.Cache.Hits} hits and {subject.Cache.Misses} misses, expected {model.Hits} and {model.Misses}";
            if (subject.Cache.Count != model.Recent.Count) return $"{subject.Cache.Count} plans, expected {model.Recent.Count}";
            return subject.Last!.Signature == Signatures[index] ? null : "the plan of another signature";
        });
}
