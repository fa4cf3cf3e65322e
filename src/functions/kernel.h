// Plain C++ functions as vectorised kernels.
//
//   int32_t Int4Abs(int32_t value);                 registry.AddScalar("int4abs", Scalar<&Int4Abs>);
//
// SIGNATURE  optional `FunctionContext&`, then optional `const CallSite&`, then the SQL arguments:
//            by value as they lie in vectors (int32_t, double, bool, IntervalValue ...), text as
//            std::string_view or `const StringRef&`, or Datum. std::optional<T> takes NULLs (then the
//            function is not strict); otherwise rows with a NULL argument are NULL and not computed.
//            Result: as an argument, or std::string (copied to the result's heap), or std::optional
//            of any (nullopt: NULL), or void. A StringRef may point into an argument or into
//            context.result_heap.
// KINDS      Scalar<&F>   tight loops per vector kind: for what runs on millions of rows
//            Total<&F>    a pure F of two machine numbers: as Scalar, also computed for NULL rows
//            Checked<&F, &Throw>  arithmetic whose overflow is found after the loop
//            Cold<&F>     one shared row loop over Datums: small code, for everything else
//            PerRow<&F>   as Cold, but run for each row though all arguments are constant (volatile)
//            Datums<&F>, DatumsNullable<&F>, DatumsPerRow<&F>  for
//                         Datum F(FunctionContext&, const CallSite&, std::span<const Datum>)
// RESULT     constant when every argument is (except PerRow), flat otherwise.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "functions/function.h"
#include "types/vector.h"

namespace grizzly::functions {

using types::Datum;
using types::StringRef;
using types::Vector;
using types::VectorKind;

using DatumFunction = Datum (*)(FunctionContext&, const CallSite&, std::span<const Datum>);

namespace kernel {

using Arguments = std::span<const Vector* const>;

bool AllConstant(Arguments arguments);
// Makes `result`'s validity the conjunction of the arguments'. Null when every row is valid.
const uint64_t* MergeValidity(Arguments arguments, uint32_t row_count, Vector& result);

enum class Calling : uint8_t { kStrict, kNullable, kPerRow, kPerRowNullable };
void RunDatums(DatumFunction function, Calling calling, FunctionContext& context,
               const CallSite& call, Arguments arguments, uint32_t row_count, Vector& result);

template <typename Body>
inline void ForEachValid(const uint64_t* validity, uint32_t row_count, Body&& body) {
  for (uint32_t base = 0; base < row_count; base += 64) {
    const uint32_t end = base + 64 < row_count ? base + 64 : row_count;
    uint64_t word = validity[base >> 6];
    if (word == ~uint64_t{0}) {
      for (uint32_t row = base; row < end; ++row) body(row);
      continue;
    }
    for (; word != 0; word &= word - 1) {
      const uint32_t row = base + static_cast<uint32_t>(__builtin_ctzll(word));
      if (row >= end) break;
      body(row);
    }
  }
}

template <typename T>
struct OptionalOf {
  static constexpr bool kIsOptional = false;
  using Value = T;
};
template <typename T>
struct OptionalOf<std::optional<T>> {
  static constexpr bool kIsOptional = true;
  using Value = T;
};

// What lies in a vector for a parameter or result of type T.
template <typename T>
struct StorageOf {
  using Type = T;
};
template <>
struct StorageOf<std::string_view> {
  using Type = StringRef;
};
template <>
struct StorageOf<std::string> {
  using Type = StringRef;
};
template <typename T>
struct StorageOf<std::optional<T>> : StorageOf<T> {};
template <typename T>
using Storage = typename StorageOf<std::remove_cvref_t<T>>::Type;

template <typename T>
inline decltype(auto) FromStorage(const Storage<T>& stored) {
  if constexpr (std::is_same_v<typename OptionalOf<T>::Value, std::string_view>) {
    return stored.view();
  } else {
    return (stored);
  }
}

template <typename T>
inline decltype(auto) FromDatum(const Datum& datum) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (OptionalOf<Plain>::kIsOptional) {
    using Value = typename OptionalOf<Plain>::Value;
    if (datum.is_null()) return Plain();
    if constexpr (std::is_same_v<Value, std::string_view>) {
      return Plain(datum.AsString());
    } else {
      return Plain(datum.As<Value>());
    }
  } else if constexpr (std::is_same_v<Plain, Datum>) {
    return (datum);
  } else if constexpr (std::is_same_v<Plain, std::string_view>) {
    return datum.AsString();
  } else if constexpr (std::is_same_v<Plain, StringRef>) {
    return (*static_cast<const StringRef*>(datum.payload()));
  } else {
    return datum.As<Plain>();
  }
}

template <typename R>
inline Datum ToDatum(FunctionContext& context, const R& value) {
  if constexpr (OptionalOf<R>::kIsOptional) {
    return value.has_value() ? ToDatum(context, *value) : Datum::Null();
  } else if constexpr (std::is_same_v<R, Datum>) {
    return value;
  } else if constexpr (std::is_same_v<R, std::string>) {
    return Datum::OfString(value, *context.result_heap);
  } else if constexpr (std::is_same_v<R, std::string_view>) {
    return Datum::Of(StringRef(value));
  } else {
    return Datum::Of(value);
  }
}

template <typename R>
inline void StoreResult(FunctionContext& context, Storage<R>* out, uint32_t row, Vector& result,
                        R&& value) {
  if constexpr (OptionalOf<R>::kIsOptional) {
    if (!value.has_value()) {
      result.SetNull(row);
      return;
    }
    using Value = typename OptionalOf<R>::Value;
    StoreResult<Value>(context, out, row, result, Value(std::move(*value)));
  } else if constexpr (std::is_same_v<R, std::string>) {
    out[row] = StringRef::Copy(value, *context.result_heap);
  } else if constexpr (std::is_same_v<R, std::string_view>) {
    out[row] = StringRef(value);
  } else {
    out[row] = value;
  }
}

// ---- signatures ----

template <typename... A>
struct Types {
  static constexpr size_t kCount = sizeof...(A);
  static constexpr bool kStrict = (!OptionalOf<std::remove_cvref_t<A>>::kIsOptional && ...);
  // Machine numbers only: worth a loop per combination of flat and constant.
  static constexpr bool kNumbers = (std::is_arithmetic_v<std::remove_cvref_t<A>> && ...);
};

template <typename R, bool context_first, bool call_next, typename... A>
struct Signature {
  using Result = R;
  using Sql = Types<A...>;
  static constexpr bool kContext = context_first;
  static constexpr bool kCall = call_next;
};

template <typename F>
struct SignatureOf;
template <typename R, typename... A>
struct SignatureOf<R (*)(A...)> : Signature<R, false, false, A...> {};
template <typename R, typename... A>
struct SignatureOf<R (*)(FunctionContext&, A...)> : Signature<R, true, false, A...> {};
template <typename R, typename... A>
struct SignatureOf<R (*)(const CallSite&, A...)> : Signature<R, false, true, A...> {};
template <typename R, typename... A>
struct SignatureOf<R (*)(FunctionContext&, const CallSite&, A...)> : Signature<R, true, true, A...> {
};

template <auto F, typename... V>
inline decltype(auto) Invoke(FunctionContext& context, const CallSite& call, V&&... values) {
  using S = SignatureOf<decltype(F)>;
  if constexpr (S::kContext && S::kCall) {
    return F(context, call, std::forward<V>(values)...);
  } else if constexpr (S::kContext) {
    return F(context, std::forward<V>(values)...);
  } else if constexpr (S::kCall) {
    return F(call, std::forward<V>(values)...);
  } else {
    (void)context;
    (void)call;
    return F(std::forward<V>(values)...);
  }
}

// ---- reading arguments ----

template <typename S>
struct FlatAccess {
  const S* data;
  const S& operator[](uint32_t row) const { return data[row]; }
};
template <typename S>
struct ConstantAccess {
  S value;
  const S& operator[](uint32_t) const { return value; }
};
template <typename S>
using AnyAccess = types::VectorReader<S>;

template <typename T, typename Access>
inline decltype(auto) ReadArgument(const Access& access, uint32_t row) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (OptionalOf<Plain>::kIsOptional) {
    if (access.IsNull(row)) return Plain();
    return Plain(FromStorage<Plain>(access[row]));
  } else {
    return FromStorage<Plain>(access[row]);
  }
}

template <auto F, typename SqlTypes>
struct Loop;

template <auto F, typename... A>
struct Loop<F, Types<A...>> {
  using R = typename SignatureOf<decltype(F)>::Result;
  static constexpr bool kStrict = Types<A...>::kStrict;

  template <typename... Access>
  static void Run(FunctionContext& context, const CallSite& call, const uint64_t* validity,
                  uint32_t row_count, Vector& result, const Access&... access) {
    Storage<R>* out = result.Data<Storage<R>>();
    auto compute = [&](uint32_t row) {
      StoreResult<R>(context, out, row, result,
                     Invoke<F>(context, call, ReadArgument<A>(access, row)...));
    };
    if (validity == nullptr) {
      for (uint32_t row = 0; row < row_count; ++row) compute(row);
    } else {
      ForEachValid(validity, row_count, compute);
    }
  }

  template <size_t... I>
  static void Dispatch(std::index_sequence<I...>, FunctionContext& context, const CallSite& call,
                       Arguments arguments, uint32_t row_count, Vector& result) {
    const uint64_t* validity = nullptr;
    if constexpr (kStrict) validity = MergeValidity(arguments, row_count, result);
    if constexpr (kStrict && Types<A...>::kNumbers && sizeof...(A) == 1) {
      if (arguments[0]->kind() == VectorKind::kFlat) {
        return Run(context, call, validity, row_count, result, Flat<A...>(arguments[0]));
      }
    }
    if constexpr (kStrict && Types<A...>::kNumbers && sizeof...(A) == 2) {
      if (RunPair<A...>(context, call, validity, arguments, row_count, result)) return;
    }
    Run(context, call, validity, row_count, result, arguments[I]->template Reader<Storage<A>>()...);
  }

  template <typename T, typename...>
  static FlatAccess<Storage<T>> Flat(const Vector* vector) {
    return {vector->Reader<Storage<T>>().data};
  }
  template <typename T>
  static ConstantAccess<Storage<T>> Constant(const Vector* vector) {
    return {vector->Reader<Storage<T>>().data[0]};
  }

  template <typename First, typename Second>
  static bool RunPair(FunctionContext& context, const CallSite& call, const uint64_t* validity,
                      Arguments arguments, uint32_t row_count, Vector& result) {
    const VectorKind first = arguments[0]->kind();
    const VectorKind second = arguments[1]->kind();
    if (first == VectorKind::kFlat && second == VectorKind::kFlat) {
      Run(context, call, validity, row_count, result, Flat<First>(arguments[0]),
          Flat<Second>(arguments[1]));
      return true;
    }
    if (first == VectorKind::kFlat && second == VectorKind::kConstant) {
      Run(context, call, validity, row_count, result, Flat<First>(arguments[0]),
          Constant<Second>(arguments[1]));
      return true;
    }
    if (first == VectorKind::kConstant && second == VectorKind::kFlat) {
      Run(context, call, validity, row_count, result, Constant<First>(arguments[0]),
          Flat<Second>(arguments[1]));
      return true;
    }
    return false;
  }

  template <size_t... I>
  static Datum OnDatums(std::index_sequence<I...>, FunctionContext& context, const CallSite& call,
                        [[maybe_unused]] std::span<const Datum> values) {
    if constexpr (std::is_void_v<R>) {
      Invoke<F>(context, call, FromDatum<A>(values[I])...);
      return Datum::Of(StringRef());
    } else {
      return ToDatum<R>(context, Invoke<F>(context, call, FromDatum<A>(values[I])...));
    }
  }
};

template <auto F>
Datum CallOnDatums(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  using Sql = typename SignatureOf<decltype(F)>::Sql;
  return Loop<F, Sql>::OnDatums(std::make_index_sequence<Sql::kCount>(), context, call, values);
}

template <auto F, typename A, typename B>
void RunTotal(Types<A, B>, Arguments arguments, uint32_t row_count, Vector& result) {
  auto* out = result.Data<typename SignatureOf<decltype(F)>::Result>();
  const auto first = arguments[0]->Reader<A>();
  const auto second = arguments[1]->Reader<B>();
  auto run = [&](const auto& a, const auto& b) {
    for (uint32_t row = 0; row < row_count; ++row) out[row] = F(a[row], b[row]);
  };
  if (first.is_flat() && second.is_flat()) {
    run(FlatAccess<A>{first.data}, FlatAccess<B>{second.data});
  } else if (first.is_flat() && second.constant) {
    run(FlatAccess<A>{first.data}, ConstantAccess<B>{second.data[0]});
  } else {
    run(first, second);
  }
}

// bool F(A..., R& result): true on overflow.
template <typename F>
struct CheckedSignature;
template <typename A, typename R>
struct CheckedSignature<bool (*)(A, R&)> {
  using Sql = Types<A>;
  using Result = R;
};
template <typename A, typename B, typename R>
struct CheckedSignature<bool (*)(A, B, R&)> {
  using Sql = Types<A, B>;
  using Result = R;
};

template <auto F, auto Throw, typename R, typename... Access>
inline void RunChecked(const uint64_t* validity, uint32_t row_count, Vector& result,
                       const Access&... access) {
  R* out = result.Data<R>();
  bool overflow = false;
  // Rows that are NULL are computed, too: what they hold does no harm, and the loop has no branch.
  for (uint32_t row = 0; row < row_count; ++row) overflow |= F(access[row]..., out[row]);
  if (!overflow) [[likely]] return;
  for (uint32_t row = 0; row < row_count; ++row) {
    const bool valid = validity == nullptr || ((validity[row >> 6] >> (row & 63)) & 1) != 0;
    R ignored;
    if (valid && F(access[row]..., ignored)) Throw();
  }
}

}  // namespace kernel

template <auto F>
void Scalar(FunctionContext& context, const CallSite& call, kernel::Arguments arguments,
            uint32_t row_count, Vector& result) {
  using Sql = typename kernel::SignatureOf<decltype(F)>::Sql;
  const bool constant = kernel::AllConstant(arguments);
  kernel::Loop<F, Sql>::Dispatch(std::make_index_sequence<Sql::kCount>(), context, call, arguments,
                                 constant ? 1 : row_count, result);
  if (constant) result.MakeConstant();
}

template <auto F>
void Total(FunctionContext&, const CallSite&, kernel::Arguments arguments, uint32_t row_count,
           Vector& result) {
  const bool constant = kernel::AllConstant(arguments);
  if (constant) row_count = 1;
  kernel::MergeValidity(arguments, row_count, result);
  kernel::RunTotal<F>(typename kernel::SignatureOf<decltype(F)>::Sql(), arguments, row_count,
                      result);
  if (constant) result.MakeConstant();
}

template <auto F, auto Throw>
void Checked(FunctionContext&, const CallSite&, kernel::Arguments arguments, uint32_t row_count,
             Vector& result) {
  using Signature = kernel::CheckedSignature<decltype(F)>;
  using R = typename Signature::Result;
  const bool constant = kernel::AllConstant(arguments);
  if (constant) row_count = 1;
  const uint64_t* validity = kernel::MergeValidity(arguments, row_count, result);
  auto run = [&]<typename... A>(kernel::Types<A...>) {
    auto with = [&](const auto&... access) {
      kernel::RunChecked<F, Throw, R>(validity, row_count, result, access...);
    };
    if constexpr (sizeof...(A) == 1) {
      with(arguments[0]->Reader<A>()...);
    } else {
      [&]<typename First, typename Second>(kernel::Types<First, Second>) {
        const auto first = arguments[0]->Reader<First>();
        const auto second = arguments[1]->Reader<Second>();
        if (first.is_flat() && second.is_flat()) {
          with(kernel::FlatAccess<First>{first.data}, kernel::FlatAccess<Second>{second.data});
        } else if (first.is_flat() && second.constant) {
          with(kernel::FlatAccess<First>{first.data},
               kernel::ConstantAccess<Second>{second.data[0]});
        } else {
          with(first, second);
        }
      }(kernel::Types<A...>());
    }
  };
  run(typename Signature::Sql());
  if (constant) result.MakeConstant();
}

template <auto F>
void Cold(FunctionContext& context, const CallSite& call, kernel::Arguments arguments,
          uint32_t row_count, Vector& result) {
  constexpr bool kStrict = kernel::SignatureOf<decltype(F)>::Sql::kStrict;
  kernel::RunDatums(&kernel::CallOnDatums<F>,
                    kStrict ? kernel::Calling::kStrict : kernel::Calling::kNullable, context, call,
                    arguments, row_count, result);
}

template <auto F>
void PerRow(FunctionContext& context, const CallSite& call, kernel::Arguments arguments,
            uint32_t row_count, Vector& result) {
  constexpr bool kStrict = kernel::SignatureOf<decltype(F)>::Sql::kStrict;
  kernel::RunDatums(&kernel::CallOnDatums<F>,
                    kStrict ? kernel::Calling::kPerRow : kernel::Calling::kPerRowNullable, context,
                    call, arguments, row_count, result);
}

template <DatumFunction F, kernel::Calling calling = kernel::Calling::kStrict>
void Datums(FunctionContext& context, const CallSite& call, kernel::Arguments arguments,
            uint32_t row_count, Vector& result) {
  kernel::RunDatums(F, calling, context, call, arguments, row_count, result);
}
template <DatumFunction F>
inline constexpr ScalarKernel DatumsNullable = &Datums<F, kernel::Calling::kNullable>;
template <DatumFunction F>
inline constexpr ScalarKernel DatumsPerRow = &Datums<F, kernel::Calling::kPerRow>;

}  // namespace grizzly::functions
