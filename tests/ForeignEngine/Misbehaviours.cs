using System.Runtime.CompilerServices;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.ForeignEngine;

/// <summary>Goes wrong when two sequences meet in a batch.</summary>
public abstract class MisbehavingEngine(EngineOptions options) : PlainEngine(options)
{
    public override void Decode(TokenBatch batch, Span<float> logits)
    {
        base.Decode(batch, logits);
        foreach (BatchToken token in batch.Tokens)
            if (token.Sequence != batch.Tokens[0].Sequence)
            {
                Misbehave(logits);
                return;
            }
    }

    protected abstract void Misbehave(Span<float> logits);
}

public sealed class FailingFast(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => Environment.FailFast("the plan is gone");
}

public sealed class Overflowing(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => logits[0] = Descend(1);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Descend(int depth) => depth == 0 ? 0 : Descend(depth + 1) + 1;
}

public sealed class Exiting(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => Environment.Exit(0);
}

public sealed class Hanging(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => Thread.Sleep(Timeout.Infinite);
}

public sealed class Throwing(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => throw new InvalidOperationException("out of luck");
}

public sealed class NotANumber(EngineOptions options) : MisbehavingEngine(options)
{
    protected override void Misbehave(Span<float> logits) => logits[0] = float.NaN;
}

/// <summary>Right, but noisy: what it prints must not get into anybody's way.</summary>
public sealed class Printing(EngineOptions options) : PlainEngine(options)
{
    public override void Decode(TokenBatch batch, Span<float> logits)
    {
        Console.Write(new string('\0', 5000));
        Console.Error.WriteLine(new string('x', 5000));
        base.Decode(batch, logits);
    }
}

public sealed class MisSized(EngineOptions options) : PlainEngine(options)
{
    public override EngineInfo Info => base.Info with { Vocabulary = 7 };
}

public sealed class CrashingAtTheEnd(EngineOptions options) : PlainEngine(options)
{
    public override void Dispose()
    {
        base.Dispose();
        Environment.FailFast("freed twice");
    }
}

/// <summary>Dies before it is made.</summary>
public sealed class CrashingAtTheStart : IEngineFactory
{
    public string Name => "crashing";

    public IModelEngine Create(EngineOptions options)
    {
        Environment.FailFast("no memory");
        return null;
    }
}

/// <summary>Does not take the model.</summary>
public sealed class Refusing : IEngineFactory
{
    public string Name => "refusing";

    public IModelEngine Create(EngineOptions options) =>
        throw new InputException(options.Model.Config.Architecture.ToString(), "it is not supported", "take another model");
}

/// <summary>Its type cannot be initialized.</summary>
public sealed class ThrowingInStaticConstructor(EngineOptions options) : PlainEngine(options)
{
    private static readonly int Threads = int.Parse("many", System.Globalization.CultureInfo.InvariantCulture);

    public override EngineInfo Info => base.Info with { Name = $"{Threads}" };
}

/// <summary>Initializing its type ends the process.</summary>
public sealed class DyingInStaticConstructor(EngineOptions options) : PlainEngine(options)
{
    private static readonly string Device = Find();

    public override EngineInfo Info => base.Info with { Name = Device };

    private static string Find()
    {
        Environment.FailFast("no device");
        return "";
    }
}
